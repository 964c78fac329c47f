import base64
import json
import re

import matplotlib.pyplot as plt
import pytest

from helpers.page import flipbooks as flipbook

ALT = "A line through one point on the first page."


@pytest.fixture
def page(displayed):
    """page(captions) shows a flip-book with these captions and returns its HTML."""
    outputs = displayed(flipbook)

    def show(captions, alt=ALT, draw=lambda fig, k: fig.add_subplot().plot([0, k + 1])):
        flipbook.flipbook(draw, captions, alt, size=(3.0, 1.5))
        [(data, _)] = outputs[-1:]
        assert set(data) == {"text/html"}
        return data["text/html"]

    return show


def frames_of(html):
    return json.loads(re.search(r"frames = (\[.*?\])", html)[1])


def test_every_page_is_a_picture_and_the_first_one_stands_there_without_scripts(page):
    html = page(["start", "end"])
    frames = frames_of(html)
    assert len(set(frames)) == 2 and all(base64.b64decode(frame).startswith(b"\x89PNG") for frame in frames)
    before_script = html[: html.index("<script>")]
    assert f'<img alt="{ALT}"' in before_script and f"base64,{frames[0]}" in before_script
    assert "<p hidden>" in before_script  # the slider appears only where the script runs


def test_the_slider_has_a_stop_for_each_page_and_keeps_its_keys(page):
    html = page(["a", "b", "c"])
    slider = re.search(r"<input[^>]*>", html, flags=re.DOTALL)[0]
    assert 'type="range" min="0" max="2" value="0"' in slider and 'data-lm-suppress-shortcuts="true"' in slider
    assert "event => event.stopPropagation()" in html


def test_the_id_comes_from_the_pictures_and_texts(page):
    def name(html):
        return re.search(r'id="(flipbook-[0-9a-f]{12})"', html)[1]

    first = page(["a", "b"])
    assert name(first) == name(page(["a", "b"])) and first == page(["a", "b"])
    assert len({name(first), name(page(["a", "c"])), name(page(["a", "b"], alt=ALT + " Another one."))}) == 3


def test_texts_cannot_break_out_of_the_page(page):
    html = page(["a < b", "</script>"], alt='A picture with "quotes" and a <b> in its text.')
    assert html.count("</script>") == 1 and html.endswith("</script>")
    assert 'alt="A picture with &quot;quotes&quot; and a &lt;b&gt; in its text."' in html and "a &lt; b" in html


def test_no_figure_stays_open(page):
    open_before = plt.get_fignums()
    page(["a", "b"])
    with pytest.raises(ZeroDivisionError):
        page(["a", "b"], draw=lambda fig, k: 1 / 0)
    assert plt.get_fignums() == open_before


@pytest.mark.parametrize(
    ("captions", "alt", "message"),
    [(["only one"], ALT, "nothing to turn; give at least two"), (["a", "b"], "A line.", "too short to stand in")],
)
def test_what_cannot_be_leafed_through_or_read_aloud_is_refused(checked, page, captions, alt, message):
    with pytest.raises(ValueError, match=message):
        page(captions, alt=alt)
