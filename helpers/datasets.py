"""The course's data: real sets read from data/, without a network, and drawn cats. Arrays in, one small dataclass out."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import cat_pictures

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


@dataclass(frozen=True)
class Cats(Dataset):
    """Drawn pictures with their pixels as features; class 1 is "cat", class 0 "no cat"."""

    kind: np.ndarray  # (N,) what is drawn: a name from cat_pictures.KINDS
    coat: np.ndarray  # (N, 3) its colour, RGB from 0 to 1

    @property
    def pictures(self):
        """(N, 24, 24, 3) the same numbers as pictures, RGB from 0 to 1."""
        return self.x.reshape(-1, cat_pictures.SIZE, cat_pictures.SIZE, 3)


def cats(examples, coats, seed, coats_of_others=None, share_of_cats=0.5):
    """Drawn pictures of cats and of dogs, mice, houses and balls, 24x24 pixels RGB as 1728 features from 0 to 1.

    The labelling rule: a cat is a cat whatever its coat. coats: "black", "coloured" (brown, grey, ginger, cream or white,
    drawn at random), a name from cat_pictures.COATS, or three numbers from 0 to 1; coats_of_others: the same for what is not
    a cat (default: as for the cats). Each coat is tinted a little. share_of_cats: 0 to 1, rounded to whole pictures; the
    others are shared out evenly. The seed fixes everything else: with other coats it gives the same pictures, repainted.
    Raises ValueError for no examples, a share outside 0 to 1, or a coat that is unknown.
    """
    if examples < 1 or not 0 <= share_of_cats <= 1:
        raise ValueError(f"examples is {examples} and share_of_cats {share_of_cats}; expected at least 1, and a share from 0 to 1.")
    order, painter = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    number = round(share_of_cats * examples)
    kind = np.array(["cat"] * number + [cat_pictures.KINDS[1 + k % 4] for k in range(examples - number)])
    kind = kind[order.permutation(examples)]
    is_cat, tint = kind == "cat", painter.normal(0, 0.03, (examples, 3))
    of_cats, of_others = (_coats(c, examples, seed) for c in (coats, coats if coats_of_others is None else coats_of_others))
    coat = np.clip(np.where(is_cat[:, None], of_cats, of_others) + tint, 0, 1)
    pictures = cat_pictures.draw(kind, coat, cat_pictures.random_scenes(examples, seed))
    size = range(cat_pictures.SIZE)
    names = tuple(f"row {r} column {c} {colour}" for r in size for c in size for colour in ("red", "green", "blue"))
    return Cats(pictures.reshape(examples, -1), is_cat.astype(np.int64), names, ("no cat", "cat"), kind, coat)


def _coats(wanted, examples, seed):
    """(examples, 3) the colours that `wanted` stands for."""
    palette = cat_pictures.COATS
    if not isinstance(wanted, str):
        colour = np.asarray(wanted, dtype=float)
        if colour.shape != (3,) or not ((colour >= 0) & (colour <= 1)).all():
            raise ValueError(f"got the coat {wanted!r}; a coat is a name or three numbers from 0 to 1 (red, green, blue).")
        return np.broadcast_to(colour, (examples, 3))
    if wanted == "coloured":
        colours = np.array([colour for name, colour in palette.items() if name != "black"])
        return colours[np.random.default_rng([seed, 3]).integers(len(colours), size=examples)]
    if wanted not in palette:
        raise ValueError(f"no coat is called {wanted!r}; there are: coloured, {', '.join(palette)}, or three numbers from 0 to 1.")
    return np.broadcast_to(palette[wanted], (examples, 3))


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
        raise ValueError(f"the data file {name} is damaged: its SHA-256 starts {found[:12]}, expected {recorded[name][:12]}; {rebuild}")
    return path
