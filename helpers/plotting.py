"""How the course's figures look: one style, fixed colours, curves with their spread, and one way to finish a figure."""

import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

# Okabe and Ito's palette, which colour-blind readers can tell apart. A colour means the same thing in every notebook.
COLOURS = {
    "with BN": "#0072B2",
    "without BN": "#D55E00",
    "LayerNorm": "#009E73",
    "noise": "#CC79A7",
    "third": "#E69F00",
    "fourth": "#56B4E9",
    "theory": "#000000",
    "quiet": "#767676",
}

WIDTH = 8.0  # inches: a figure fills the width of a page and of a slide
SCREEN_DPI, STORED_DPI = 100, 130

STYLE = {
    "figure.figsize": (WIDTH, 4.0),
    "figure.dpi": SCREEN_DPI,
    "figure.constrained_layout.use": True,
    "font.size": 13,
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "svg.hashsalt": "course",
}


def use_course_style():
    """Set matplotlib to the style of the course, for all figures of a notebook."""
    plt.rcParams.update(STYLE)


def png(fig, dpi=STORED_DPI):
    """The figure as PNG bytes."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def show(fig, alt):
    """Finish a figure: put it on the page once, with alternative text, and close it.

    alt: what a sighted reader sees, in a sentence or two; it is stored with the picture, for screen readers.
    """
    if len(alt) < 30:
        raise ValueError(f"the alternative text {alt!r} is too short to stand in for the picture; say what a sighted reader sees.")
    width = int(fig.get_figwidth() * SCREEN_DPI)
    display({"image/png": png(fig)}, raw=True, metadata={"image/png": {"alt": alt, "width": width}})
    plt.close(fig)


def curve(ax, steps, values, arm, label=None, colour=None, at=None):
    """The median over copies as a line, the middle 70 % as a band, and the label written at the line's end.

    steps: (K,); values: (K, M), one column for each copy. arm: a key of COLOURS (or pass colour). at: height of the
    label, where two labels would collide. Copies that diverged (NaN) leave the band and are counted in the label.
    """
    values = np.asarray(values, dtype=float)
    colour = colour or COLOURS[arm]
    ended = np.isnan(values[-1]).sum()
    text = (label or arm) + (f"\n({ended} of {values.shape[1]} diverged)" if ended else "")
    kept = ~np.isnan(values).all(axis=1)
    low, middle, high = np.nanpercentile(values[kept], [15, 50, 85], axis=1)
    x = np.asarray(steps)[kept]
    ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(x, middle, color=colour)
    label_line(ax, x[-1], middle[-1] if at is None else at, text, colour)


def label_line(ax, x, y, text, colour):
    """A label just right of the point (x, y), in the line's colour."""
    ax.annotate(text, (x, y), xytext=(7, 0), textcoords="offset points", color=colour, va="center", weight="bold", annotation_clip=False)


def bars(ax, names, values, colours, unit=""):
    """Horizontal bars of the median over copies, each copy as a dot. values: one (M,) array for each name, in order from the top."""
    for place, (sample, colour) in enumerate(zip(values, colours, strict=True)):
        sample = np.atleast_1d(sample)
        ax.barh(place, np.median(sample), color=colour, alpha=0.35, height=0.62)
        spread = np.linspace(-0.2, 0.2, len(sample)) if len(sample) > 1 else [0]
        ax.plot(sample, place + np.asarray(spread), "o", color=colour, markersize=4)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(unit)
