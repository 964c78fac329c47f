"""The course as a site, from the stored outputs: `make site` writes build/site, which asks for nothing from outside."""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from tools.execute import NOTEBOOKS, all_notebooks
from tools.explorers import moving
from tools.handout import predictions
from tools.links import repository

ROOT = NOTEBOOKS.parent
SETTINGS = Path(__file__).with_name("site")
SOURCE, OUT = ROOT / "build/site_source", ROOT / "build/site"
LAUNCH = re.compile(r"^\[Open in Colab\]\([^)]*\) · \[Open in Binder\]\([^)]*\) · ", flags=re.MULTILINE)  # the theme has buttons
TO_RUN = {"Run the cell to get the sliders": "Move the sliders", "Run the cell and move": "Move"}  # an explorer needs no kernel here
WIDGET = "application/vnd.jupyter.widget-view+json"
FRONT = """# Batch Norm, Measured

{readme}

```{{toctree}}
:caption: The notebooks
:hidden:

{cores}
```

```{{toctree}}
:caption: Questions, words, findings
:hidden:

questions
glossary
claims
```

```{{toctree}}
:caption: Going further
:hidden:

{further}
```
"""


def main():
    for folder in (SOURCE, OUT):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS, SOURCE, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (SOURCE / "_static").mkdir()
    for name in ("site.css", "explorers.css", "explorers.js"):
        shutil.copy(SETTINGS / name, SOURCE / "_static")
    settings = (SETTINGS / "conf.py").read_text(encoding="utf-8")
    (SOURCE / "conf.py").write_text(f'REPOSITORY = "https://github.com/{repository(ROOT)}"\n{settings}', encoding="utf-8")
    for path in all_notebooks():
        notebook = for_site(nbformat.read(path, as_version=4))
        nbformat.write(notebook, SOURCE / path.relative_to(NOTEBOOKS))
    for page in SOURCE.glob("*.md"):
        page.write_text(without_outside_pages(page.read_text(encoding="utf-8")), encoding="utf-8")
    (SOURCE / "index.md").write_text(front_page(), encoding="utf-8")
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]  # -W: a warning is an error
    return subprocess.run([*sphinx, str(SOURCE), str(OUT)], cwd=ROOT).returncode


def front_page():
    """The first page: what README says before its list of notebooks, and the order of all pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = readme.split("\n## The notebooks")[0].split("\n", 1)[1].replace("(notebooks/", "(")
    parts = [path.relative_to(NOTEBOOKS) for path in all_notebooks()]
    cores = "\n".join(part.as_posix() for part in sorted(parts) if len(part.parts) == 1)
    further = "\n".join(part.as_posix() for part in sorted(parts) if len(part.parts) == 2)
    return FRONT.format(readme=text.strip(), cores=cores, further=further)


def for_site(notebook):
    """A notebook as the site shows it: folded code folded, predictions to click on, launch links by the theme's buttons."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = without_outside_pages(LAUNCH.sub("", cell.source))
            for run, move in TO_RUN.items():
                cell.source = cell.source.replace(run, move)
            continue
        tags = cell.metadata.setdefault("tags", [])
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            tags.append("remove-input" if set(tags) & {"setup", "imports", "predict"} else "hide-input")
        if "predict" in tags:
            [(question, answers)] = predictions(nbformat.v4.new_notebook(cells=[cell]))
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": to_click(question, answers, cell.id)})]
        for output in cell.outputs:
            data = output.get("data", {})
            data.pop(WIDGET, None)
            if explorer := moving(output):
                output.data = {"text/html": explorer}
                output.metadata = {}
                continue
            if "text/html" in data:  # Sphinx turns the links of the text itself, not those of outputs
                data["text/html"] = re.sub(r'href="([^":]+)\.ipynb', r'href="\1.html', data["text/html"])
            output.get("metadata", {}).pop(WIDGET, None)
    return notebook


def to_click(question, answers, name):
    """A prediction as a form of its own: one answer can be chosen; the text below closes it."""
    lettered = zip("abcdefgh", map(html.escape, answers), strict=False)
    choices = "".join(f'<label><input type="radio" name="{name}"> ({letter}) {answer}</label>' for letter, answer in lettered)
    return f'<fieldset class="predict"><legend>Predict. {html.escape(question)}</legend>{choices}</fieldset>'


def without_outside_pages(text):
    """Links to the project's pages outside notebooks/ lead to GitHub."""
    return re.sub(r"\]\((?:\.\./)+(README|CONTRIBUTING|CITATION|TEACHING)", rf"](https://github.com/{repository(ROOT)}/blob/main/\1", text)


def slug(title):
    """Where a heading is found: by JupyterLab's rule in notebooks; by GitHub's in pages, whose linked headings are words in lower case."""
    title = re.sub(r"[`*]", "", title)
    if re.match(r"[a-z]", title) and title == title.lower():
        return re.sub(r"[^\w -]", "", title).replace(" ", "-")
    return title.replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main())
