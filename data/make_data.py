"""Write data/digits.npz, data/wine.csv and data/checksums.txt from scikit-learn's copies.

Needed only to rebuild a lost or damaged file:

    pip install scikit-learn
    python data/make_data.py

The files are the same to the byte whenever it runs, so `git diff data/` shows nothing afterwards.
"""

import csv
import hashlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, load_wine

HERE = Path(__file__).resolve().parent


def write_digits(path):
    """1797 pictures of 8x8 whole-number grey values (0 to 16), in the order of the source."""
    digits = load_digits()
    np.savez_compressed(path, pixels=digits.images.astype(np.uint8), labels=digits.target.astype(np.uint8))


def write_wine(path):
    """178 wines, one line each: 13 measurements, then the grower (0, 1, 2)."""
    wine = load_wine()
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*wine.feature_names, "grower"])
        writer.writerows([*map(float, row), int(label)] for row, label in zip(wine.data, wine.target, strict=True))


if __name__ == "__main__":
    write_digits(HERE / "digits.npz")
    write_wine(HERE / "wine.csv")
    lines = [f"{hashlib.sha256((HERE / name).read_bytes()).hexdigest()}  {name}" for name in ("digits.npz", "wine.csv")]
    (HERE / "checksums.txt").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
