"""The course's data, without a network: arrays in, one small dataclass out.

files         load(): the real sets in data/, digits and wine
split         splits(): which examples train and which test, for each copy
cats          cats(): drawn cats and other things, in colours that can be chosen
cat_pictures  how a cat is drawn
corruptions   other places that pictures may come from: blur, brightness, noise, inversion
"""

from helpers.datasets.cats import Cats, cats
from helpers.datasets.files import LOADERS, Dataset, load
from helpers.datasets.split import splits

__all__ = ["LOADERS", "Cats", "Dataset", "cats", "load", "splits"]
