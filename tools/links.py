"""Name another GitHub repository in every launch link: `make links REPO=owner/name`."""

import re
import sys
from pathlib import Path

import nbformat

from tools.execute import normalize, stored_text

ROOT = Path(__file__).resolve().parent.parent
LINE = re.compile(r'^repository = "([^"]*)"', re.MULTILINE)


def main(arguments):
    try:
        new = checked("".join(arguments))
    except ValueError as error:
        return str(error)
    old = repository(ROOT)
    changed = rewrite(ROOT, new)
    print(f"{old} -> {new}: {', '.join(changed) or 'nothing to change'}")
    return 0


def checked(name):
    """`name` if it has the form owner/name as GitHub allows it; otherwise a ValueError that shows an example."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.+$)[A-Za-z0-9._-]{1,100}", name) or name.endswith(".git"):
        raise ValueError(f"REPO is {name!r}; expected owner/name, as in: make links REPO=ada/batch-norm-measured")
    return name


def repository(root):
    """The repository that pyproject.toml names, as owner/name."""
    return LINE.search((root / "pyproject.toml").read_text(encoding="utf-8"))[1]


def rewrite(root, new):
    """Put `new` in place of the named repository, in all files below `root` that hold launch links; the names of those changed."""
    # Not as a part of a longer name: a/b is neither in aa/b nor in a/b-2.
    old = re.compile(rf"(?<![\w.-]){re.escape(repository(root))}(?![\w-])")
    settings = root / "pyproject.toml"
    texts = {settings: LINE.sub(f'repository = "{new}"', settings.read_text(encoding="utf-8"))}
    for path in (root / name for name in ("README.md", "CONTRIBUTING.md", "TEACHING.md", "CITATION.cff")):
        if path.exists():
            texts[path] = old.sub(new, path.read_text(encoding="utf-8"))
    for path in sorted((root / "notebooks").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = old.sub(new, cell.source)
        texts[path] = stored_text(normalize(notebook))  # a cell's id follows its source
    changed = [path for path, text in texts.items() if text != path.read_text(encoding="utf-8")]
    for path in changed:
        path.write_text(texts[path], encoding="utf-8")
    return [str(path.relative_to(root)) for path in changed]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
