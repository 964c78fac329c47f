"""An explorer's pictures at chosen positions of its controls, for readers without a kernel: the site and the decks move through them.

They are drawn where the course is stored (COURSE_KEEP_FRAMES is set there), never while a reader waits, and stand in the
metadata of the explorer's output, which Jupyter leaves alone.
"""

import base64
import io
import itertools
import math
import os
import warnings

import ipywidgets as widgets
import numpy as np
from PIL import Image

MOST_PICTURES = 72  # for all combinations; where there would be more, each control moves alone
MOST_ALONE, ABOUT_KEPT = 61, 9  # positions of one control: where it moves alone, all up to so many; else about nine
LONGEST_SHEET = 16_000  # pixels; WebP ends at 16,383
COLOURS_KEPT = 64


def keeping():
    """True where the course is stored."""
    return bool(os.environ.get("COURSE_KEEP_FRAMES"))


def frames(controls, picture_of):
    """The pictures of an explorer and the positions they belong to, as a dictionary that JSON can hold.

    controls: {label: widget}, as explorers build them. picture_of(values): an (H, W, 3) array for one value of each control.
    Returns
        sliders: [{"label", "texts", "start"}], the positions of each control as texts, and the place of the first one;
        keys: the places of the controls for each picture, such as "3,0";
        columns, width, height: how the pictures, each of that size in pixels, are laid out on the sheet, row by row;
        sheet: the sheet, a WebP file as base64 text.
    """
    every = [_positions(box) for box in controls.values()]
    few = [_thinned(found, box.value) for found, box in zip(every, controls.values(), strict=True)]
    positions = next((found for found in (every, few) if math.prod(map(len, found)) <= MOST_PICTURES), None)
    together = positions is not None
    if not together:
        positions = [found if len(found) <= MOST_ALONE else less for found, less in zip(every, few, strict=True)]
    starts = [_place(found, box.value) for found, box in zip(positions, controls.values(), strict=True)]
    keys = list(itertools.product(*(range(len(found)) for found in positions)) if together else _alone(positions, starts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in Jupyter, where what a moved slider warns of does not reach the page
        pictures = [picture_of([positions[control][place][1] for control, place in enumerate(key)]) for key in keys]
    height, width = pictures[0].shape[:2]
    columns = -(-len(pictures) * height // LONGEST_SHEET)
    return {
        "sliders": [
            {"label": label, "texts": [text for text, _ in found], "start": start}
            for label, found, start in zip(controls, positions, starts, strict=True)
        ],
        "keys": [",".join(map(str, key)) for key in keys],
        "columns": columns,
        "width": width,
        "height": height,
        "sheet": _sheet(pictures, columns),
    }


def _positions(box):
    """All positions of a control: [(text, value), ...]."""
    if isinstance(box, widgets.Checkbox):
        return [("no", False), ("yes", True)]
    if isinstance(box, widgets.SelectionSlider):
        return [option if isinstance(option, tuple) else (str(option), option) for option in box.options]
    count = round((box.max - box.min) / box.step) + 1
    kind = int if isinstance(box, widgets.IntSlider) else float
    values = [kind(round(box.min + k * box.step, 10)) for k in range(count)]
    return [(f"{value:g}", box.value if np.isclose(value, box.value) else value) for value in values]


def _thinned(found, start):
    """About nine of the positions, both ends and the start among them."""
    kept = {*np.linspace(0, len(found) - 1, min(len(found), ABOUT_KEPT)).round().astype(int).tolist(), _place(found, start)}
    return [found[k] for k in sorted(kept)]


def _place(found, value):
    return next(k for k, (_, at) in enumerate(found) if at == value)


def _alone(positions, starts):
    """Each control through its positions while the others stand where they started; the common start once."""
    yield starts
    for control, found in enumerate(positions):
        for place in range(len(found)):
            if place != starts[control]:
                yield [*starts[:control], place, *starts[control + 1 :]]


def _sheet(pictures, columns):
    """All pictures on one sheet, which packs what they have in common once."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * height, columns * width, 3), 255, dtype=np.uint8)
    for k, picture in enumerate(pictures):
        row, column = divmod(k, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    packed = io.BytesIO()
    Image.fromarray(sheet).quantize(COLOURS_KEPT, dither=Image.Dither.NONE).convert("RGB").save(packed, "webp", lossless=True, method=4)
    return base64.b64encode(packed.getvalue()).decode("ascii")
