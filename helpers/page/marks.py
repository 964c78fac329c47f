"""The marks of the course's figures: curves with their spread, bars, dots, and labels at the end of lines."""

import numpy as np

from helpers.page.style import COLOURS


def curve(ax, steps, values, arm, label=None, at=None):
    """The median over copies as a line, the middle 70 % as a band, and the label written at the line's end.

    steps: (K,); values: (K, M), one column for each copy. arm: a key of COLOURS. at: height of the
    label, where two labels would collide. Copies that diverged (NaN) leave the band and are counted in the label.
    """
    values = np.asarray(values, dtype=float)
    colour = COLOURS[arm]
    ended = np.isnan(values[-1]).sum()
    text = (label or arm) + (f"\n({ended} of {values.shape[1]} diverged)" if ended else "")
    kept = ~np.isnan(values).all(axis=1)
    if not kept.any():
        raise ValueError(f"every value of {label or arm!r} is NaN: there is no copy left to draw.")
    low, middle, high = np.nanpercentile(values[kept], [15, 50, 85], axis=1)
    x = np.asarray(steps)[kept]
    ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(x, middle, color=colour)
    label_line(ax, x[-1], middle[-1] if at is None else at, text, colour)


def label_line(ax, x, y, text, colour):
    """A label just right of the point (x, y), in the line's colour."""
    ax.annotate(text, (x, y), xytext=(7, 0), textcoords="offset points", color=colour, va="center", weight="bold", annotation_clip=False)


def bars(ax, names, values, colours, unit=""):
    """Horizontal bars of the mean over copies, each copy as a dot. values: one (M,) array for each name, from the top."""
    for place, (sample, colour) in enumerate(zip(values, colours, strict=True)):
        sample = np.atleast_1d(sample)
        ax.barh(place, sample.mean(), color=colour, alpha=0.35, height=0.62)
        spread = np.linspace(-0.2, 0.2, len(sample)) if len(sample) > 1 else [0]
        ax.plot(sample, place + np.asarray(spread), "o", color=colour, markersize=4)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)  # the first name on top
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(unit)


def dots(ax, names, values, colours, limit=None):
    """A row of dots for each name, one a copy, with a line at their median, the first name on top.

    values: one (M,) array for each name. A copy without a finite value is drawn as a ring at `limit` (default: not at all).
    """
    for place, (sample, colour) in enumerate(zip(values, colours, strict=True)):
        there, heights = np.isfinite(sample), place + np.linspace(-0.2, 0.2, len(sample))
        ax.plot(sample[there], heights[there], "o", color=colour, markersize=4, alpha=0.8)
        middle = np.nanmedian(sample)
        if limit is not None:
            ax.plot(np.full((~there).sum(), limit), heights[~there], "o", markerfacecolor="none", color=colour, markersize=5)
            middle = min(middle, limit)
        ax.plot([middle, middle], [place - 0.36, place + 0.36], color=colour, linewidth=3)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
