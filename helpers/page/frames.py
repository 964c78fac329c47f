"""An explorer's pictures at chosen positions of its controls, for readers without a kernel: the site and the decks move through them.

They are drawn where the course is stored (COURSE_KEEP_FRAMES is set there), never while a reader waits, and stand in the
metadata of the explorer's output, which Jupyter leaves alone.
"""

import base64
import io
import itertools
import os
import warnings

import ipywidgets as widgets
import numpy as np
from PIL import Image

MOST_POSITIONS = 12  # of one control; of more, about nine are kept
MOST_PICTURES = 72  # for all combinations; where there would be more, each control moves alone
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
    positions = [_positions(box) for box in controls.values()]
    starts = [
        next(k for k, (_, value) in enumerate(found) if value == box.value) for found, box in zip(positions, controls.values(), strict=True)
    ]
    keys = list(itertools.product(*(range(len(found)) for found in positions)))
    if len(keys) > MOST_PICTURES:
        keys = [tuple(key) for key in _alone(positions, starts)]
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
    """The positions of a control that are kept: [(text, value), ...], the one where it stands among them."""
    if isinstance(box, widgets.Checkbox):
        return [("no", False), ("yes", True)]
    if isinstance(box, widgets.SelectionSlider):
        found = [option if isinstance(option, tuple) else (str(option), option) for option in box.options]
    else:
        count = round((box.max - box.min) / box.step) + 1
        kind = int if isinstance(box, widgets.IntSlider) else float
        values = [kind(round(box.min + k * box.step, 10)) for k in range(count)]
        found = [(f"{value:g}", box.value if np.isclose(value, box.value) else value) for value in values]
    if len(found) <= MOST_POSITIONS:
        return found
    start = next(k for k, (_, value) in enumerate(found) if value == box.value)
    kept = {*np.linspace(0, len(found) - 1, 9).round().astype(int).tolist(), start}
    return [found[k] for k in sorted(kept)]


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
