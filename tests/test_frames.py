"""What an explorer stores for pages without a kernel: the right pictures at the right positions, and only where the course is stored."""

import base64
import io
import json

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from helpers.page import explorers
from helpers.page.frames import frames
from tools.explorers import ALONE, moving


def grey(values):
    """A picture whose grey tells the values."""
    return np.full((4, 6, 3), 10 * sum(values), dtype=np.uint8)


def shown(stored, key):
    """The grey at a key, read back from the sheet."""
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(stored["sheet"]))).convert("L"))
    row, column = divmod(stored["keys"].index(key), stored["columns"])
    picture = sheet[row * 4 : row * 4 + 4, column * 6 : column * 6 + 6]
    assert picture.min() == picture.max()
    return picture[0, 0]


def test_all_combinations_are_stored_where_they_are_few():
    stored = frames({"a": widgets.IntSlider(2, min=0, max=3), "b": widgets.Checkbox(False)}, lambda v: grey(map(int, v)))
    assert [slider["texts"] for slider in stored["sliders"]] == [["0", "1", "2", "3"], ["no", "yes"]]
    assert [slider["start"] for slider in stored["sliders"]] == [2, 0]
    assert len(stored["keys"]) == 8 and (stored["width"], stored["height"]) == (6, 4)
    assert [shown(stored, key) for key in ("2,0", "3,1", "0,0")] == [20, 40, 0]


def test_many_positions_are_thinned_where_that_keeps_all_combinations():
    boxes = {"a": widgets.IntSlider(7, min=0, max=24), "b": widgets.SelectionSlider(options=["x", "y", "z"], value="y")}
    stored = frames(boxes, lambda _: grey([0]))
    texts = stored["sliders"][0]["texts"]
    assert (texts[0], texts[-1], len(texts)) == ("0", "24", 10) and texts[stored["sliders"][0]["start"]] == "7", "nine and the start"
    assert len(stored["keys"]) == 30


def test_where_there_would_be_too_many_each_control_moves_alone():
    boxes = {
        "a": widgets.IntSlider(7, min=0, max=99),
        "b": widgets.FloatSlider(0.3, min=0.0, max=5.0, step=0.1),
        "c": widgets.SelectionSlider(options=[("one", 1), ("two", 2), ("three", 3)], value=3),
    }
    asked = []
    stored = frames(boxes, lambda values: asked.append(values) or grey([0]))
    texts = [slider["texts"] for slider in stored["sliders"]]
    starts = [slider["start"] for slider in stored["sliders"]]
    assert [text[start] for text, start in zip(texts, starts, strict=True)] == ["7", "0.3", "three"]
    assert [len(text) for text in texts] == [10, 51, 3], "a hundred are too many, 51 are not"
    assert len(asked) == len(stored["keys"]) == 1 + 9 + 50 + 2
    assert all(sum(value != start for value, start in zip(values, [7, 0.3, 3], strict=True)) <= 1 for values in asked)


def test_a_sheet_stays_within_what_webp_can_hold():
    stored = frames({"a": widgets.IntSlider(0, min=0, max=8)}, lambda _: np.zeros((4000, 2, 3), dtype=np.uint8))
    assert stored["columns"] == 3
    assert Image.open(io.BytesIO(base64.b64decode(stored["sheet"]))).size == (6, 12_000)


@pytest.mark.parametrize("keep", [True, False])
def test_pictures_are_drawn_ahead_only_where_the_course_is_stored(displayed, monkeypatch, keep):
    outputs, drawn = displayed(explorers), []
    monkeypatch.setenv("COURSE_KEEP_FRAMES", "1" if keep else "")
    explorers.explore(lambda fig, k: drawn.append(k), "A figure that stays empty.", size=(1, 1), k=(1, 3, 1, 2))
    metadata = outputs[-1][1]
    assert ("frames" in metadata) is keep
    assert drawn == ([2, 1, 2, 3] if keep else [2])
    assert json.dumps(metadata), "a notebook file can hold it"


def test_the_html_names_each_slider_and_says_when_they_move_alone():
    stored = {"metadata": {"image/png": {"alt": 'a < b & "c"'}, "frames": frames({"a b": widgets.Checkbox(True)}, lambda v: grey(v))}}
    page = moving(stored)
    assert "<label>a b <input" in page and 'alt="a &lt; b &amp; &quot;c&quot;"' in page and ALONE not in page
    stored["metadata"]["frames"]["keys"].pop()
    assert ALONE in moving(stored)
    assert moving({"metadata": {}}) is None
