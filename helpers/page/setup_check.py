"""Does this computer have what the course needs?"""

import re
from importlib.metadata import PackageNotFoundError, version

from helpers import datasets

# The oldest versions that the course is known to run with (those of Colab).
OLDEST = {"numpy": "2.1", "torch": "2.11", "matplotlib": "3.10", "ipywidgets": "7.7"}


def check_setup():
    """Look for the packages and the data files; silent if all is well. Raises RuntimeError that says what is missing or too old."""
    faults = [fault for name, oldest in OLDEST.items() if (fault := _fault(name, oldest))]
    if faults:
        raise RuntimeError("; ".join(faults) + ". Install the course's packages with `pip install -r requirements.txt`.")
    for name in datasets.LOADERS:
        datasets.load(name)


def _fault(name, oldest):
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is not installed"
    parts = [[int(part) for part in re.findall(r"\d+", v)[:2]] for v in (found, oldest)]
    return f"{name} is {found}, needed is {oldest} or newer" if parts[0] < parts[1] else ""
