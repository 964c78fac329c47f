"""Drawn cats, and what is not a cat, as a data set whose colours can be chosen."""

from dataclasses import dataclass

import numpy as np

from helpers.datasets import cat_pictures
from helpers.datasets.files import Dataset


@dataclass(frozen=True, kw_only=True)
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
    return Cats(pictures.reshape(examples, -1), is_cat.astype(np.int64), names, ("no cat", "cat"), kind=kind, coat=coat)


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
