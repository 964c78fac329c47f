"""Decks open from disk in a real browser: nothing overflows, no text is small, nothing is fetched, the arrow keys reach the last slide."""

import os

import pytest

from tests.browser import FLAGS, NO_BROWSER, find_chromium
from tools import decks
from tools.execute import NOTEBOOKS

NAMES = ["lecture", *(path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb")))]
# Each slide as it is laid out, before the whole is scaled to the window: what sticks out, and the smallest text. (An explorer's
# sheet of pictures sticks out of its window on purpose.)
LOOK = """() => [...document.querySelectorAll('.slides > section')].map(section => {
  Reveal.slide(Reveal.getIndices(section).h);
  const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT), sizes = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.textContent.trim() && !node.parentElement.closest('aside'))
      sizes.push(parseFloat(getComputedStyle(node.parentElement).fontSize));
  }
  const inner = [...section.querySelectorAll('*')].filter(e => !e.closest('aside, .sheet') && getComputedStyle(e).display == 'block');
  const right = Math.max(0, ...inner.map(e => e.scrollWidth - e.clientWidth > 1 ? e.scrollWidth : 0));
  return {text: section.innerText.slice(0, 60), down: section.scrollHeight - 720, right: right, smallest: Math.min(...sizes)};
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("slides")
    before, decks.OUT = decks.OUT, out
    decks.main()
    decks.OUT = before
    return out


@pytest.fixture(scope="module")
def browser():
    if not find_chromium():
        if os.environ.get("COURSE_BROWSER") == "required":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        yield opened
        opened.close()


def opened(browser, path, width=1280, height=720):
    """The page of a deck, and the addresses that it asked for."""
    page, asked = browser.new_page(viewport={"width": width, "height": height}), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    return page, asked


@pytest.mark.parametrize("name", NAMES)
def test_a_deck_fits_its_slides_and_asks_for_nothing(name, folder, browser):
    page, asked = opened(browser, folder / f"{name}.html")
    for number, slide in enumerate(page.evaluate(LOOK), 1):
        assert slide["down"] <= 0, f"{name}, slide {number} is {slide['down']} pixels too long: {slide['text']}"
        assert slide["right"] == 0, f"{name}, slide {number} is wider than the page: {slide['text']}"
        assert slide["smallest"] >= 18, f"{name}, slide {number} has text of {slide['smallest']} pixels: {slide['text']}"
    assert all(address.startswith(("file:", "data:")) for address in asked), asked
    page.close()


def test_the_arrow_keys_move_a_slider_that_is_chosen_and_turn_slides_again_after_escape(folder, browser):
    page, _ = opened(browser, folder / "04_batch_norm_forward.html")
    number = page.evaluate("[...document.querySelectorAll('.slides > section')].findIndex(s => s.dataset.kind == 'explorer')")
    page.evaluate(f"Reveal.slide({number})")
    slider, picture = (page.locator(f".present .explorer {what}").first for what in ("input", "img"))
    before = picture.evaluate("e => e.style.transform"), slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == number
    assert picture.evaluate("e => e.style.transform") != before[0] and int(slider.input_value()) == int(before[1]) + 1
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == number + 1 and not page.evaluate("Reveal.isOverview()")
    page.close()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_arrow_keys_reach_the_last_slide(size, folder, browser):
    page, _ = opened(browser, folder / "04_batch_norm_forward.html", *size)
    slides = page.evaluate("Reveal.getTotalSlides()")
    for _ in range(slides - 1):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.isLastSlide()")
    box = page.evaluate("(({left, top, right, bottom}) => [left, top, right, bottom])(Reveal.getCurrentSlide().getBoundingClientRect())")
    assert box[0] >= -1 and box[1] >= -1 and box[2] <= size[0] + 1 and box[3] <= size[1] + 1
    page.close()


def test_a_printed_deck_has_every_slide(folder, browser):
    page, _ = opened(browser, folder / "00_start_here.html")
    slides = page.evaluate("Reveal.getTotalSlides()")
    page.goto((folder / "00_start_here.html").as_uri() + "?print-pdf")
    page.wait_for_function("document.querySelectorAll('.pdf-page').length > 0")
    assert page.evaluate("document.querySelectorAll('.pdf-page').length") == slides
    page.close()


def test_every_deck_asks_predicts_shows_and_answers():
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        _, slides = decks.deck(path)
        kinds = [slide.kind for slide in slides]
        assert kinds[0] == "title" and {"predict", "figure", "text"} <= set(kinds)
        assert "The short answer" in slides[-1].body


def test_the_lecture_takes_45_minutes_and_the_index_has_every_deck(folder):
    assert 35 <= sum(slide.minutes for slide in decks.lecture()) <= 45
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{name}.html"' in index for name in NAMES)


def test_a_lecture_of_a_section_that_is_no_more_is_an_error(monkeypatch):
    monkeypatch.setattr(decks, "LECTURE", {"00_start_here": ("No such section",)})
    with pytest.raises(ValueError, match="the lecture wants"):
        decks.lecture()
