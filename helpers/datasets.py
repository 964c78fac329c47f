"""The course's data: real sets read from data/, without a network. Arrays in, one small dataclass out."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Dataset:
    """Examples, their labels, and the names to show."""

    x: np.ndarray  # (N, F) float64, as measured
    y: np.ndarray  # (N,) whole numbers, the class of each example
    feature_names: tuple  # F names
    class_names: tuple  # one name for each class


def load(name):
    """The data set of that name, as a Dataset. Raises ValueError for an unknown name or a missing or damaged file."""
    if name not in LOADERS:
        raise ValueError(f"no data set is called {name!r}; there are: {', '.join(sorted(LOADERS))}.")
    return LOADERS[name]()


def digits():
    """1797 handwritten digits, 8x8 pixels as 64 features from 0 to 1, 10 classes (data/README.md has the source)."""
    with np.load(_intact("digits.npz")) as file:
        pixels, labels = file["pixels"], file["labels"]
    names = tuple(f"row {r} column {c}" for r in range(8) for c in range(8))
    return Dataset(pixels.reshape(-1, 64) / 16.0, labels.astype(np.int64), names, tuple("0123456789"))


def wine():
    """178 wines, 13 measurements in units of very different size, 3 growers (data/README.md has the source)."""
    with _intact("wine.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    names = tuple(name.replace("_", " ") for name in header[:-1])
    return Dataset(table[:, :-1], table[:, -1].astype(np.int64), names, ("grower 0", "grower 1", "grower 2"))


LOADERS = {"digits": digits, "wine": wine}


def splits(examples, train, copies, seed):
    """A split of its own for each copy: index arrays (train, test) of shapes (copies, train) and (copies, examples - train).

    Row i is range(examples) in a random order drawn from seed + i, cut after the first `train`. To give every copy the
    same split, repeat row 0: `np.repeat(part[:1], copies, axis=0)`.
    """
    if copies < 1:
        raise ValueError(f"copies is {copies}; expected at least 1.")
    if not 0 < train < examples:
        raise ValueError(f"train is {train}; of {examples} examples, between 1 and {examples - 1} can be training examples.")
    orders = np.stack([np.random.default_rng(seed + i).permutation(examples) for i in range(copies)])
    return orders[:, :train], orders[:, train:]


def _intact(name):
    """The path of a data file whose checksum is the recorded one."""
    path = DATA_FOLDER / name
    rebuild = "restore it with `git checkout data/`, or rebuild it with `pip install scikit-learn` and `python data/make_data.py`."
    for needed in (path, DATA_FOLDER / "checksums.txt"):
        if not needed.exists():
            raise ValueError(f"the data file {needed.name} is missing from the folder data/; {rebuild}")
    recorded = dict(reversed(line.split()) for line in (DATA_FOLDER / "checksums.txt").read_text().splitlines())
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != recorded[name]:
        raise ValueError(
            f"the data file {name} is damaged: its SHA-256 starts {found[:12]}, expected {recorded[name][:12]}; {rebuild}"
        )
    return path
