"""One way to finish a figure: names moved apart, on the page once, with alternative text.

What is wrong with a figure's layout or its alternative text is its author's business: it raises where notebooks are stored and
tested (COURSE_CHECK_LAYOUT is set there) and never stops a reader.
"""

import os

import matplotlib.pyplot as plt
from IPython.display import display

from helpers.page.style import SCREEN_DPI, STORED_DPI, png

LEAST_ALT = 30  # characters


def show(fig, alt):
    """Put a figure on the page once, with alternative text, and close it. Names at line ends that overlap move apart.

    fig: the figure.
    alt: what a sighted reader sees, in a sentence or two; stored with the picture, for screen readers.
    Where layout is checked, raises ValueError if alt is too short, or if a text is cut off at the edge or covers another.
    """
    check_alt(alt)
    separate_names(fig)
    picture = png(fig)
    if checking():
        _check_texts(fig)
    width = int(fig.get_figwidth() * SCREEN_DPI)
    display({"image/png": picture}, raw=True, metadata={"image/png": {"alt": alt, "width": width}})
    plt.close(fig)


def checking():
    """True where the course is stored and tested, not where it is read."""
    return bool(os.environ.get("COURSE_CHECK_LAYOUT"))


def check_alt(alt):
    """Where layout is checked, raise ValueError for an alternative text that says too little."""
    if checking() and len(alt) < LEAST_ALT:
        raise ValueError(f"the alternative text {alt!r} is too short to stand in for the picture; say what a sighted reader sees.")


def separate_names(fig):
    """Move the names at line ends up or down, as little as needed, so that none covers another. Their order stays."""
    names_of = [[text for text in ax.texts if text.get_gid() == "line end"] for ax in fig.axes]
    if not any(len(names) > 1 for names in names_of):
        return
    before, fig.dpi = fig.dpi, STORED_DPI
    fig.draw_without_rendering()
    renderer = fig.canvas.get_renderer()
    for names in names_of:
        boxes = [name.get_window_extent(renderer) for name in names]
        for group in _columns(boxes):
            for k, moved in zip(group, _moves([boxes[k] for k in group]), strict=True):
                x, y = names[k].get_position()
                names[k].set_position((x, y + moved * 72 / STORED_DPI))
    fig.dpi = before


def _columns(boxes):
    """Groups of boxes that could meet by moving up or down, as lists of numbers."""
    groups = []
    for k, box in enumerate(boxes):
        meets = [group for group in groups if any(min(box.x1, boxes[j].x1) > max(box.x0, boxes[j].x0) for j in group)]
        groups = [group for group in groups if group not in meets] + [sorted([k, *(j for group in meets for j in group)])]
    return groups


def _moves(boxes, gap=2.0):
    """How far each box moves up, in pixels, so that all stand apart: clusters that touch share the shift that moves them least."""
    order = sorted(range(len(boxes)), key=lambda k: (round(boxes[k].y0 + boxes[k].y1, 3), -k))  # of two at one height, the first on top
    clusters = []  # each: numbers of boxes from the bottom, and the height at which the lowest begins
    for k in order:
        clusters.append(([k], boxes[k].y0))
        while len(clusters) > 1 and _top(clusters[-2], boxes, gap) > clusters[-1][1]:
            joined = clusters[-2][0] + clusters[-1][0]
            del clusters[-2:]
            clusters.append((joined, _best_bottom(joined, boxes, gap)))
    moves = [0.0] * len(boxes)
    for members, bottom in clusters:
        for k in members:
            moves[k] = bottom - boxes[k].y0
            bottom += boxes[k].height + gap
    return moves


def _top(cluster, boxes, gap):
    members, bottom = cluster
    return bottom + sum(boxes[k].height + gap for k in members)


def _best_bottom(members, boxes, gap):
    """The height of the lowest box at which the moves of all, upwards and downwards, add up to nothing."""
    wanted, below = [], 0.0
    for k in members:
        wanted.append(boxes[k].y0 - below)
        below += boxes[k].height + gap
    return sum(wanted) / len(wanted)


def _check_texts(fig):
    """Raise ValueError for a title or label that leaves the picture, or for two of them in one panel that overlap."""
    before, fig.dpi = fig.dpi, STORED_DPI
    fig.draw_without_rendering()
    renderer, page = fig.canvas.get_renderer(), fig.bbox
    for ax in fig.axes:
        texts = [*ax.texts, ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label, *fig.texts]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text().strip()]
        for k, (first, box) in enumerate(boxes):
            outside = max(page.x0 - box.x0, box.x1 - page.x1, page.y0 - box.y0, box.y1 - page.y1)
            if outside > 2:
                raise ValueError(f"the text {first!r} is cut off by {outside:.0f} pixels; shorten it, break the line or move it.")
            for second, other in boxes[:k]:
                overlap = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
                if min(overlap) > 2:
                    raise ValueError(f"the labels {first!r} and {second!r} overlap; move one of them.")
    fig.dpi = before
