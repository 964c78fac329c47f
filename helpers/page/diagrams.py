"""Drawings that several figures or one notebook need as a whole: maps, contours, tables of cells, rows of pictures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from helpers.page.style import COLOURS, WIDTH


def heatmap_of_training(ax, loss, threshold, rows, columns):
    """A map of losses: one cell for each setting, coloured by the median loss of its copies, with how many of them trained.

    loss: (R, C, M) loss of M copies in nats, NaN or infinite for a copy that diverged. A copy has trained if its loss is
    at most `threshold`; the number is written in the cell, nothing if it is 0. Cells in which most copies diverged are
    grey. rows, columns: R and C names. Returns the coloured image, from which fig.colorbar() makes the scale.
    """
    loss = np.asarray(loss, dtype=float)
    if loss.ndim != 3 or loss.shape[:2] != (len(rows), len(columns)):
        raise ValueError(f"loss has shape {loss.shape}; expected ({len(rows)}, {len(columns)}, M) for these rows and columns.")
    middle = np.median(np.nan_to_num(loss, nan=np.inf, posinf=np.inf), axis=2)
    colours = plt.get_cmap("cividis").with_extremes(bad="#bdbdbd")
    image = ax.imshow(np.ma.masked_invalid(middle), cmap=colours, vmin=0, vmax=np.log(10), aspect="auto")
    for r, c in np.argwhere((loss <= threshold).any(axis=2)):
        light = middle[r, c] > 1.3
        ax.text(c, r, str((loss[r, c] <= threshold).sum()), ha="center", va="center", fontsize=11, color="black" if light else "white")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return image


def loss_contours(ax, A, t, path, names):
    """Contours of the least-squares loss of two weights, and a path on it.

    A: (N, 2) inputs; t: (N,) targets; path: (steps + 1, 2) weights; names: what to write at the two axes. Both axes have
    the same scale, because that is the space in which gradient descent moves. The star is the lowest point.
    """
    H, lowest = A.T @ A / len(t), np.linalg.lstsq(A, t, rcond=None)[0]
    reach = 1.25 * np.abs(path[0] - lowest).max()
    off = np.stack(np.meshgrid(*[np.linspace(-reach, reach, 100)] * 2), axis=-1)
    height = np.sqrt(np.einsum("ijk,kl,ijl->ij", off, H, off))  # the root spaces the contours evenly
    ax.contour(off[..., 0] + lowest[0], off[..., 1] + lowest[1], height, levels=12, colors=COLOURS["quiet"], linewidths=0.8)
    ax.plot(*path.T, "o-", color=COLOURS["without BN"], markersize=4, lw=1.5)
    ax.plot(*lowest, "*", color=COLOURS["theory"], markersize=14)
    ax.set(aspect="equal", xlabel=names[0], ylabel=names[1])


def statistics_groups(shapes):
    """A figure of small tables, one column for each named shape (N, C, positions): cells of one colour share one mean.

    Upper row: batch norm (a mean for each channel); lower row: layer norm (a mean for each example). A cell that is
    (example, channel) is split into its positions.
    """
    palette = [COLOURS[name] for name in ("with BN", "third", "LayerNorm", "noise", "fourth")]
    fig, axes = plt.subplots(2, len(shapes), figsize=(WIDTH, 5.6), layout="constrained")
    fig.get_layout_engine().set(hspace=0.08)
    for column, (name, (examples, channels, positions)) in enumerate(shapes.items()):
        down = round(positions**0.5) if round(positions**0.5) ** 2 == positions else 1
        across = positions // down
        for row, ax in enumerate(axes[:, column]):
            for n, c, p in np.ndindex(examples, channels, positions):
                corner = (c + 0.06 + 0.88 * (p % across) / across, n + 0.06 + 0.88 * (p // across) / down)
                colour = palette[(c, n)[row]]
                ax.add_patch(plt.Rectangle(corner, 0.88 / across, 0.88 / down, facecolor=colour, edgecolor="white", linewidth=1.5))
            ax.set(xlim=(0, channels), ylim=(examples, 0), xticks=[], yticks=[], aspect="equal")
            ax.spines[:].set_visible(False)
            means = f"{channels} means, one per channel" if row == 0 else f"{examples} means, one per example"
            ax.set_title(f"{('batch norm', 'LayerNorm')[row]} {name}\n{means}", fontsize=11.5)
    for ax in axes[1]:
        ax.set_xlabel("C channels")
    for ax in axes[:, 0]:
        ax.set_ylabel("N examples")
    return fig


def picture_row(ax, pictures, labels=None, colours=None):
    """Pictures side by side in one panel; labels, if given, stand above them in the given colours.

    pictures: (n, h, w, 3), RGB from 0 to 1; labels, colours: n of each.
    """
    framed = np.pad(np.asarray(pictures), ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=1.0)
    ax.imshow(np.concatenate(framed, axis=1), interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    for k, label in enumerate(() if labels is None else labels):
        middle = (k + 0.5) * framed.shape[2] - 0.5
        ax.text(middle, -1.5, str(label), ha="center", va="bottom", weight="bold", color=colours[k])


def gallery(rows, zoom=1.0):
    """A figure with one row of pictures for each name: rows is {name: pictures (n, h, w, 3), RGB from 0 to 1}."""
    fig, axes = plt.subplots(len(rows), 1, figsize=(WIDTH, 0.95 * zoom * len(rows)), squeeze=False)
    for ax, (name, pictures) in zip(axes[:, 0], rows.items(), strict=True):
        picture_row(ax, pictures)
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    return fig


def thumbnails(ax, pictures, x, y, count=14, zoom=1.2, frames=None):
    """All points (x, y) as dots, and at up to `count` of them, chosen so that none covers another, the picture that it stands for.

    pictures: (N, h, w, 3), RGB from 0 to 1; x, y: (N,). frames: N colours of the dots and of the pictures' frames (default grey).
    Set the limits of the axes before: distances are measured in them. Returns the row numbers of the pictures shown.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if not len(pictures) == len(x) == len(y):
        raise ValueError(f"got {len(pictures)} pictures, {len(x)} x and {len(y)} y; expected one picture for each point.")
    frames = [COLOURS["quiet"]] * len(x) if frames is None else list(frames)
    ax.scatter(x, y, s=12, c=frames, alpha=0.7, linewidths=0)
    places = np.column_stack([x / np.ptp(ax.get_xlim()), y / np.ptp(ax.get_ylim())])
    shown = [int(np.argmax(np.linalg.norm(places - places.mean(axis=0), axis=1)))]
    while len(shown) < min(count, len(x)):
        gap = np.abs(places[:, None] - places[shown]).max(axis=2).min(axis=1)
        if gap.max() < 0.15:  # the width of a picture in a panel of half the page
            break
        shown.append(int(gap.argmax()))
    for k in shown:
        picture = OffsetImage(pictures[k], zoom=zoom, interpolation="nearest")
        frame = {"edgecolor": frames[k], "linewidth": 1.8, "boxstyle": "square,pad=0"}
        ax.add_artist(AnnotationBbox(picture, (x[k], y[k]), pad=0, bboxprops=frame))
    return shown
