"""The real data sets, read from data/ without a network."""

import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

DATA_FOLDER = Path(__file__).resolve().parent.parent.parent / "data"


STILL = 0.05  # a pixel with a smaller standard deviation is almost always paper: divided by it, a rare speck would outweigh the digit


@dataclass(frozen=True)
class Dataset:
    """Examples, their labels, and the names to show.

    x = (raw - mean) / std. Where x is raw, mean is 0 and std 1, so that x * std + mean is raw either way.
    """

    x: np.ndarray  # (N, F) float64
    y: np.ndarray  # (N,) whole numbers, the class of each example
    feature_names: tuple  # F names
    class_names: tuple  # one name for each class
    mean: np.ndarray | float = 0.0  # (F,) in the unit of the raw features
    std: np.ndarray | float = 1.0  # (F,)


def load(name, raw=False):
    """The data set of that name, as a Dataset, each feature standardized.

    name: "digits" (1797 handwritten digits, 8x8 pixels as 64 features, 10 classes) or "wine" (178 wines, 13 measurements in
    units of very different size, 3 growers); data/README.md has the sources.
    raw: the features as they were measured instead: pixels from 0 to 1, or the wines' own units.
    Mean and standard deviation are those of all examples; labels are not looked at. A feature whose standard deviation is
    below 0.05 (pixels at the edge, almost always paper; none of the wines') is centred and not divided.
    Raises ValueError for an unknown name or a missing or damaged file.

    >>> load("digits").x.shape
    (1797, 64)
    """
    if name not in LOADERS:
        raise ValueError(f"no data set is called {name!r}; there are: {', '.join(sorted(LOADERS))}.")
    data = LOADERS[name]()
    return data if raw else _standardized(data)


def _standardized(data):
    mean, std = data.x.mean(axis=0), data.x.std(axis=0)
    std = np.where(std < STILL, 1.0, std)
    return replace(data, x=(data.x - mean) / std, mean=mean, std=std)


def digits():
    """1797 handwritten digits, 8x8 pixels as 64 features from 0 to 1, 10 classes (data/README.md has the source)."""
    with np.load(_intact("digits.npz")) as file:
        pixels, labels = file["pixels"], file["labels"]
    names = tuple(f"row {r} column {c}" for r in range(8) for c in range(8))
    return Dataset(pixels.reshape(-1, 64) / 16.0, labels.astype(np.int64), names, tuple("0123456789"))


def wine():
    """178 wines, 13 measurements in units of very different size, 3 growers (data/README.md has the source)."""
    with _intact("wine.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    names = tuple(name.replace("_", " ") for name in header[:-1])
    return Dataset(table[:, :-1], table[:, -1].astype(np.int64), names, ("grower 0", "grower 1", "grower 2"))


LOADERS = {"digits": digits, "wine": wine}


def _intact(name):
    """The path of a data file whose checksum is the recorded one."""
    path = DATA_FOLDER / name
    rebuild = "restore it with `git checkout data/`, or rebuild it with `pip install scikit-learn` and `python data/make_data.py`."
    for needed in (path, DATA_FOLDER / "checksums.txt"):
        if not needed.exists():
            raise ValueError(f"the data file {needed.name} is missing from the folder data/; {rebuild}")
    recorded = dict(reversed(line.split()) for line in (DATA_FOLDER / "checksums.txt").read_text(encoding="utf-8").splitlines())
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != recorded[name]:
        raise ValueError(f"the data file {name} is damaged: its SHA-256 starts {found[:12]}, expected {recorded[name][:12]}; {rebuild}")
    return path
