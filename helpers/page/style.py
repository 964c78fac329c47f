"""How the course's figures look: one style, fixed colours, and a figure as PNG bytes."""

import io

import matplotlib.pyplot as plt

# Okabe and Ito's palette, which colour-blind readers can tell apart. A colour means the same thing in every notebook. "without BN" is
# the plain network that a notebook compares with, whatever its start; plain networks with other starts are "third" or "quiet".
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
    "figure.titlesize": 14,
    "figure.titleweight": "bold",
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
}


def use_course_style():
    """Set matplotlib to the style of the course, for all figures of a notebook."""
    plt.rcParams.update(STYLE)


def png(fig, dpi=STORED_DPI):
    """The figure as PNG bytes."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()
