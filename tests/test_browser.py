"""A notebook opens in a real JupyterLab, runs, and its picture follows the slider that a reader moves by keyboard."""

import os

import pytest

from tests.browser import NO_BROWSER, Explorer, explorer_notebook, explorer_page, find_chromium


def test_a_slider_moved_by_keyboard_changes_the_picture():
    if not find_chromium():
        # Where the browser was promised, a missing one must not go unnoticed.
        (pytest.fail if os.environ.get("COURSE_BROWSER") == "required" else pytest.skip)(NO_BROWSER)
    notebook = explorer_notebook()
    if notebook is None:
        pytest.skip("no notebook has an explorer yet")
    with explorer_page(notebook) as page:
        explorer = Explorer(page)
        first = explorer.source()
        explorer.press("ArrowRight")
        second = explorer.source()
        assert second != first
        explorer.press("ArrowRight")
        assert explorer.source() != second
