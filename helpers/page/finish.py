"""One way to finish a figure: on the page once, with alternative text, its labels readable."""

import matplotlib.pyplot as plt
from IPython.display import display

from helpers.page.style import SCREEN_DPI, png


def show(fig, alt):
    """Finish a figure: put it on the page once, with alternative text, and close it.

    alt: what a sighted reader sees, in a sentence or two; it is stored with the picture, for screen readers.
    Raises ValueError if alt is too short, or if a text would be cut off at the edge of the picture or covers another.
    """
    if len(alt) < 30:
        raise ValueError(f"the alternative text {alt!r} is too short to stand in for the picture; say what a sighted reader sees.")
    picture = png(fig)
    _check_texts(fig)
    width = int(fig.get_figwidth() * SCREEN_DPI)
    display({"image/png": picture}, raw=True, metadata={"image/png": {"alt": alt, "width": width}})
    plt.close(fig)


def _check_texts(fig):
    """Raise ValueError for a title or label that leaves the picture, or for two of them in one panel that overlap."""
    renderer, page = fig.canvas.get_renderer(), fig.bbox
    for ax in fig.axes:
        texts = [*ax.texts, ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label, *fig.texts]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text().strip()]
        for k, (first, box) in enumerate(boxes):
            over = max(page.x0 - box.x0, box.x1 - page.x1, page.y0 - box.y0, box.y1 - page.y1)
            if over > 2:
                raise ValueError(f"the text {first!r} is cut off by {over:.0f} pixels; shorten it, break the line or move it.")
            for second, other in boxes[:k]:
                overlap = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
                if min(overlap) > 2:
                    raise ValueError(f"the labels {first!r} and {second!r} overlap; move one of them.")
