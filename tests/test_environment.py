"""pip's requirements.txt and Binder's environment.yml name the same packages in the same versions."""

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}  # where conda-forge calls a package otherwise


def pip_pins(name):
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return dict(line.split("==") for line in lines if line and not line.startswith("-r"))


def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def conda_pins():
    return dict(line.split("=") for line in conda()["dependencies"])


def test_the_two_name_the_same_packages():
    assert {CONDA_NAMES.get(name, name) for name in pip_pins("requirements.txt")} == set(conda_pins()) - {"python"}


def test_a_conda_version_is_the_beginning_of_the_pip_version():
    conda_versions = conda_pins()
    for name, version in pip_pins("requirements.txt").items():
        wanted = conda_versions[CONDA_NAMES.get(name, name)]
        assert wanted.count(".") == 1, f"{name}={wanted}: pin the minor version"
        assert f"{version}.".startswith(f"{wanted}."), f"{name}: pip has {version}, conda {wanted}"


def test_every_pip_version_is_exact():
    for name, version in {**pip_pins("requirements.txt"), **pip_pins("requirements-dev.txt")}.items():
        assert re.fullmatch(r"\d+(\.\d+)+", version), f"{name}=={version}"


def test_conda_takes_everything_from_conda_forge_and_pins_python():
    assert conda()["channels"] == ["conda-forge"]
    assert conda_pins()["python"] == "3.11"


def test_nothing_hides_environment_yml_from_binder():
    # repo2docker looks into binder/ or .binder/ first, and then at nothing else.
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()
    assert not {"name", "prefix"} & set(conda())


def test_jupyterlab_asks_nobody_about_news():
    if Path(sys.prefix).resolve() != ROOT / ".venv":
        pytest.skip("this is not the environment that make installs")
    settings = Path(sys.prefix) / "etc/jupyter/labconfig/page_config.json"
    assert settings.exists(), "rm .venv/reader.stamp, then make lab"
    assert json.loads(settings.read_text(encoding="utf-8"))["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True


def test_make_runs_the_jupyter_of_its_own_environment():
    # "python -m jupyter lab" starts the first jupyter-lab on the PATH, which is another one where another environment is active.
    assert "-m jupyter " not in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_files_are_read_and_written_as_utf_8_everywhere():
    """Python on Windows would take another encoding, and a γ or a Chinese word would be lost."""
    for path in [*(ROOT / "helpers").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"\.(read|write)_text\(|(?<![\w.])open\(", line) and not re.search(r'"[rw]b"', line):
                assert "encoding=" in line, f"{path.relative_to(ROOT)}: {line.strip()}"
