"""The set-up cell finds the course wherever a notebook is opened: on Colab, in an editor that starts in the folder above, in further/."""

import os
import re
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
SETUP = next(cell.source for cell in nbformat.read(ROOT / "notebooks/00_start_here.ipynb", as_version=4).cells if cell.cell_type == "code")
# What a notebook does next: an import from the house, data from data/, a record of another notebook.
USE = """
from helpers import datasets
from helpers.page import record
print(__import__("helpers").__file__, len(datasets.load("digits").y), record("04_batch_norm_forward", "PyTorch gives").bound)
"""


def run(code, folder, **environment):
    """What a fresh Python prints that runs `code` in `folder`, without this course on its path."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=folder, env={**kept, **environment}, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else done.stderr


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A bare repository that stands for the one on GitHub."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the course is no git checkout")
    path = tmp_path_factory.mktemp("github") / "course.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(path)], check=True)
    return path


def test_on_colab_the_course_is_fetched_once(bare, tmp_path):
    repository = SETUP.split('repository = "')[1].split('"')[0]
    redirected = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{bare.as_uri()}.insteadOf", "GIT_CONFIG_VALUE_0": repository}
    colab = 'import sys, types; sys.modules["google.colab"] = types.ModuleType("google.colab")\n'
    printed = run(colab + SETUP + "\n" + SETUP + USE, tmp_path, **redirected)  # the cell run twice, as when a kernel is used again
    assert str(tmp_path / "course" / "helpers") in printed and "1797 at most" in printed, printed


def test_on_colab_another_folder_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "course").mkdir()
    colab = 'import sys, types; sys.modules["google.colab"] = types.ModuleType("google.colab")\n'
    assert "is not this course; rename it" in run(colab + SETUP, tmp_path)


@pytest.mark.parametrize("folder", ["notebooks", "notebooks/further", ".", ".."])
def test_a_kernel_may_start_in_any_of_these_folders(folder):
    if folder == ".." and len(list(ROOT.parent.glob("*/helpers/page/claims.py"))) != 1:
        pytest.skip("another copy of the course lies beside this one")
    printed = run(SETUP + USE, ROOT / folder)
    assert str(ROOT / "helpers") in printed and "1797 at most" in printed, printed


def test_elsewhere_it_says_what_is_missing(tmp_path):
    assert "is in no copy of" in run(SETUP, tmp_path)


def test_windows_can_hold_every_file():
    """No name that Windows refuses or takes for another one, and no path that is too long for it below a usual folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    names = [name for name in listed if name]
    parts = {part for name in names for part in PureWindowsPath(name).parts}
    assert not [part for part in parts if re.search(r'[<>:"|?*\\]|[ .]$', part)]
    devices = {"con", "prn", "aux", "nul", *(f"{kind}{k}" for kind in ("com", "lpt") for k in range(10))}
    assert not {part.split(".")[0].lower() for part in parts} & devices
    assert len({name.lower() for name in names}) == len(names) and max(map(len, names)) <= 120


def test_a_computer_whose_own_encoding_is_not_utf_8_reads_the_course():
    """As on Windows: Python opens files by the computer's encoding unless told, and γ or a Chinese word would be lost."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8"}
    code = "import locale; assert locale.getpreferredencoding(False).lower() not in ('utf-8', 'utf8')\n" + SETUP + USE
    code += 'record("06_gamma_and_beta", "In 100 steps, the \\u03b2")\n'  # the command line itself is ASCII there
    printed = run(code, ROOT / "notebooks", **ascii_only)
    assert "1797 at most" in printed, printed
