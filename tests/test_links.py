"""Links lead somewhere, launch links name one repository, and the project's texts name no machine."""

import html
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from tools.links import checked, main, repository, rewrite

ROOT = Path(__file__).resolve().parent.parent
LAUNCHES = (
    re.compile(r"https://colab\.research\.google\.com/github/([^/\s]+/[^/\s]+)/blob/main/notebooks/([^\s)>\"'?#]*)"),
    re.compile(r"https://mybinder\.org/v2/gh/([^/\s]+/[^/\s]+)/main\?urlpath=lab/tree/notebooks/([^\s)>\"'?#]*)"),
    re.compile(r"https://github\.com/([^/\s]+/[^/\s]+)/blob/main/notebooks/([^\s)>\"'?#]*)"),
)
# Every address on these sites that opens the course has one of the forms above.
LAUNCH_SITES = re.compile(r"https://(?:colab\.research\.google\.com|mybinder\.org/v2|github\.com/[^\s)>\"']*/blob/main/notebooks)/")
LINK = re.compile(r"\]\(<?((?:[^()\s<>]|\([^()\s]*\))+)>?(?:\s+\"[^\"]*\")?\)|(?:href|src)=\"([^\"]+)\"")
FOREIGN = re.compile(r"[a-z][a-z0-9+.-]*:|//")  # a scheme: not a file of ours


def project_files():
    """All files of the project: what git knows or would add; without git, all but hidden folders."""
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode == 0:
        paths = [ROOT / line for line in listing.stdout.splitlines()]
    else:
        paths = [p for p in ROOT.rglob("*") if not any(part.startswith(".") for part in p.relative_to(ROOT).parts[:-1])]
    return sorted(path for path in paths if path.is_file())


def markdown_of(path):
    """A page's own Markdown: of a notebook all its Markdown cells, without code."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    """Where a #fragment may lead: headings by the rule of JupyterLab (notebooks) or of GitHub (pages), and explicit ids."""
    text = markdown_of(path)
    found = set(re.findall(r"\bid=\"([^\"]+)\"", text))
    for heading in re.findall(r"^#{1,6} +(.*?)[ #]*$", text, flags=re.MULTILINE):
        if "$" in heading:
            continue  # its anchor depends on whether the formula is typeset yet
        shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)  # of a link only its text is shown
        shown = html.unescape(re.sub(r"<[^>]+>|[*`]|(?<!\w)_|_(?!\w)", "", shown))
        if path.suffix == ".ipynb":
            found.add(shown.replace(" ", "-"))
        else:
            found.add(re.sub(r"[^\w -]", "", shown.lower()).replace(" ", "-"))
    return found


def links(path):
    text = re.sub(r"`[^`\n]*`", "", markdown_of(path))
    return [html.unescape(first or second) for first, second in LINK.findall(text)]


PAGES = [path for path in project_files() if path.suffix in (".ipynb", ".md")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path):
    for link in links(path):
        if FOREIGN.match(link):
            continue
        name, _, fragment = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name} links to {link}: there is no such file"
        if fragment:
            assert fragment in anchors(target), f"{path.name} links to {link}: no such heading; there are {sorted(anchors(target))}"


def launch_pages(root):
    pages = (root / "README.md", root / "CONTRIBUTING.md", root / "TEACHING.md", *sorted((root / "notebooks").rglob("*.ipynb")))
    return [path for path in pages if path.exists()]


def sources(path):
    """What a person wrote: of a notebook the cells, without their outputs."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def launches(path):
    """(repository, notebook) of every launch link of a page."""
    return [launch for form in LAUNCHES for launch in form.findall(sources(path))]


@pytest.mark.parametrize("path", launch_pages(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_launch_links_name_the_repository_and_a_notebook(path):
    for name, notebook in launches(path):
        assert name == repository(ROOT), "run `make links REPO=owner/name`, which rewrites all of them"
        assert (ROOT / "notebooks" / notebook).is_file(), f"{path.name} launches {notebook}, which does not exist"
    assert len(launches(path)) == len(LAUNCH_SITES.findall(sources(path))), "a launch link has another form than CONTRIBUTING.md gives"
    for clone in re.findall(r"git clone \S*?https://github\.com/([\w.-]+/[\w-]+)", sources(path)):
        assert clone == repository(ROOT)


def test_the_repository_is_named_nowhere_else():
    allowed = {ROOT / "pyproject.toml", ROOT / "CITATION.cff", *launch_pages(ROOT)}
    for path, text in texts():
        assert path in allowed or repository(ROOT) not in text, f"{path.relative_to(ROOT)} names the repository; make links would miss it"


def test_make_links_rewrites_all_of_them(tmp_path):
    for path in (ROOT / "pyproject.toml", ROOT / "CITATION.cff", *launch_pages(ROOT)):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    page = tmp_path / "README.md"
    old, example = repository(ROOT), "https://colab.research.google.com/github/{}/blob/main/notebooks/04.ipynb"
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    page.write_text(before + example.format(old) + f" {old}-other", encoding="utf-8")
    rewrite(tmp_path, "ada/course.2")
    assert repository(tmp_path) == "ada/course.2"
    assert "github.com/ada/course.2" in (tmp_path / "CITATION.cff").read_text(encoding="utf-8")
    for path in launch_pages(tmp_path):
        assert {name for name, _ in launches(path)} <= {"ada/course.2"}
        assert not re.search(rf"{re.escape(old)}(?!-other)", sources(path))
    assert page.read_text(encoding="utf-8").endswith(example.format("ada/course.2") + f" {old}-other")
    rewrite(tmp_path, old)
    for path in launch_pages(ROOT):
        if path.name != "README.md":
            assert sources(tmp_path / path.relative_to(ROOT)) == sources(path)


@pytest.mark.parametrize("name", ["", "course", "ada/", "/course", "ada/course/more", "github.com/ada/course", "ada/co urse", "ada/.."])
def test_another_form_than_owner_and_name_is_refused(name):
    with pytest.raises(ValueError, match="expected owner/name"):
        checked(name)
    assert "expected owner/name" in main([name])


def texts():
    for path in project_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an array


def test_the_texts_name_no_registry_and_no_machine():
    # Put together here, so that this file does not contain what it looks for.
    unwanted = [".".join(host) for host in (("pypi", "org"), ("anaconda", "org/"), ("registry", "npmjs"))]
    unwanted += [f"/{folder}/" for folder in ("work", "root")]
    for path, text in texts():
        for word in unwanted:
            assert word not in text, f"{path.relative_to(ROOT)} contains {word}"
