"""Settings of Sphinx for `make site`; tools/pages.py copies the pages beside a copy of this file and calls Sphinx."""

project, author, copyright = "Batch Norm, Measured", "the authors of Batch Norm, Measured", "2026, CC BY 4.0 (text), MIT (code)"
extensions = ["myst_nb"]
exclude_patterns = ["_build", "pictures", "first_figure.png"]
suppress_warnings = ["myst.header"]  # the glossary has one level of headings
nb_execution_mode = "off"  # what is stored is shown
nb_ipywidgets_js = {}  # no live widgets, so nothing is fetched for them
nb_mime_priority_overrides = [("html", "text/html", 0), ("html", "image/png", 1)]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
myst_heading_slug_func = "tools.pages.slug"
html_theme = "sphinx_book_theme"
html_title = "Batch Norm, Measured"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css", "explorers.css"]
html_js_files = ["explorers.js"]
html_theme_options = {
    "repository_url": REPOSITORY,  # noqa: F821  (written above by tools/pages.py)
    "repository_branch": "main",
    "path_to_docs": "notebooks",
    "use_issues_button": True,
    "use_repository_button": True,
    "use_download_button": False,
    "launch_buttons": {
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
    "show_navbar_depth": 1,
}
