"""The site is built without a warning, asks for nothing from outside, and can be read, searched and clicked in a real browser."""

import json
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from tests.browser import FLAGS, NO_BROWSER, find_chromium
from tools import pages


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    before = pages.SOURCE, pages.OUT
    folder = tmp_path_factory.mktemp("site")
    pages.SOURCE, pages.OUT = folder / "source", folder / "site"
    assert pages.main() == 0, "Sphinx warns"  # -W: a warning is an error
    yield pages.OUT
    pages.SOURCE, pages.OUT = before


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


@pytest.fixture
def open_page(site, browser):
    """open_page(name, width) gives a page of the site; at the end, nothing may have been asked for from outside."""
    asked, opened = [], []

    def open_it(name, width=1300):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(site.joinpath(name.split("?")[0]).as_uri() + ("?" + name.split("?")[1] if "?" in name else ""))
        opened.append(page)
        return page

    yield open_it
    for page in opened:
        page.close()
    assert not [address for address in asked if not address.startswith(("file:", "data:"))]


class Links(HTMLParser):
    """What a page leads to and what one can lead to on it."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes.get("id"), attributes.get("name")}
        self.targets += [attributes[key] for key in ("href", "src") if attributes.get(key)]


def test_no_link_is_broken(site):
    found = {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if "_static" not in path.parts}
    assert len(found) >= 58
    for path, links in found.items():
        for target in links.targets:
            if re.match(r"[a-z]+:|//|#?$", target):
                continue
            name, _, fragment = target.partition("#")
            there = (path.parent / unquote(name.split("?")[0])).resolve() if name else path
            assert there.exists(), f"{path.name} leads to {target}"
            if fragment and there in found:
                assert unquote(fragment) in found[there].ids, f"{path.name} leads to {target}: no such place"


def test_a_notebook_is_read_and_a_prediction_is_clicked(open_page):
    page = open_page("06_gamma_and_beta.html")
    answers = page.locator("fieldset.predict").first.locator("input")
    answers.nth(1).check()
    answers.nth(0).check()
    assert [answers.nth(k).is_checked() for k in (0, 1)] == [True, False], "one answer at a time"
    assert not page.get_by_text("sys.path.insert").first.is_visible(), "set-up code is not shown"
    folded = page.locator("details", has_text="The short answer").first
    assert folded.get_attribute("open") is None
    images = page.locator("div.cell_output img")
    assert images.count() >= 4 and all(len(images.nth(k).get_attribute("alt") or "") >= 30 for k in range(images.count()))


WINDOW = """explorer => {
  const frame = explorer.querySelector('.sheet').getBoundingClientRect(), sheet = explorer.querySelector('img').getBoundingClientRect();
  return [(frame.left - sheet.left) / frame.width, (frame.top - sheet.top) / frame.height];
}"""


def test_an_explorer_moves_by_keyboard_without_a_kernel(open_page):
    page = open_page("04_batch_norm_forward.html")
    explorer = page.locator(".explorer")
    gamma, beta = (explorer.get_by_label(re.compile(f"^{name}")) for name in ("gamma", "beta"))
    keys, columns = json.loads(explorer.get_attribute("data-keys")), int(explorer.get_attribute("data-columns"))

    def is_shown(*moved):
        """The window stands on the stored picture at which these sliders are moved, the others at their start."""
        sliders = explorer.locator("input")
        key = ",".join(sliders.nth(k).input_value() for k in range(sliders.count()))
        row, column = divmod(keys.index(key), columns)
        assert explorer.evaluate(WINDOW) == pytest.approx([column, row], abs=0.02)
        return all(text in explorer.locator("img").get_attribute("alt") for text in moved)

    assert is_shown("gamma 1", "beta 0")
    gamma.focus()
    page.keyboard.press("End")
    assert is_shown("gamma 6", "beta 0")
    beta.focus()
    page.keyboard.press("Home")
    assert is_shown("gamma 1", "beta -8"), "they move alone"
    assert beta.get_attribute("aria-valuetext") == "-8"


def test_every_explorer_is_alive_and_no_page_is_heavy(site):
    for path in sorted(site.glob("[01]*.html")):
        text = path.read_text(encoding="utf-8")
        assert ('class="explorer"' in text) is not path.name.startswith("15"), path.name
        assert "Run the cell" not in text, "there is no kernel here"
        pictures = {(path.parent / source).resolve() for source in Links(text).targets if source.startswith("_images/")}
        assert len(text) + sum(picture.stat().st_size for picture in pictures) <= 1_500_000, path.name


def test_the_search_finds_dropout(open_page):
    page = open_page("search.html?q=dropout")
    page.wait_for_function("document.querySelectorAll('#search-results li').length > 2")
    assert "dropout" in page.locator("#search-results").inner_text().lower()


@pytest.mark.parametrize("name", ["index.html", "04_batch_norm_forward.html", "questions.html", "claims.html"])
def test_nothing_is_wider_than_a_telephone(open_page, name):
    page = open_page(name, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "04_batch_norm_forward.html", "15_myths_measured.html"])
def test_axe_finds_no_serious_fault(open_page, name, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(name)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in ("serious", "critical")]
    told = [(fault["id"], fault["help"], [node["html"][:120] for node in fault["nodes"][:2]]) for fault in faults]
    assert not told
