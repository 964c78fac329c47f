import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import files

RECORDED = [line.split() for line in (files.DATA_FOLDER / "checksums.txt").read_text().splitlines()]
FILES = [("digits", "digits.npz"), ("wine", "wine.csv")]


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    """A copy of data/ that a test may damage."""
    folder = shutil.copytree(files.DATA_FOLDER, tmp_path / "data")
    monkeypatch.setattr(files, "DATA_FOLDER", folder)
    return folder


def test_the_data_files_have_their_recorded_checksums():
    assert sorted(name for _, name in RECORDED) == sorted(name for _, name in FILES)
    for checksum, name in RECORDED:
        assert hashlib.sha256((files.DATA_FOLDER / name).read_bytes()).hexdigest() == checksum


def test_digits_are_1797_pictures_of_ten_classes():
    data = datasets.load("digits", raw=True)
    assert data.x.shape == (1797, 64) and data.x.dtype == np.float64
    assert (data.x.min(), data.x.max()) == (0, 1)
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (len(data.feature_names), len(data.class_names)) == (64, 10)
    assert data.feature_names[9] == "row 1 column 1"


def test_wine_is_178_wines_of_three_growers_in_very_different_units():
    data = datasets.load("wine", raw=True)
    assert data.x.shape == (178, 13) and np.isfinite(data.x).all()
    assert np.bincount(data.y).tolist() == [59, 71, 48]
    assert (len(data.feature_names), len(data.class_names)) == (13, 3)
    means = dict(zip(data.feature_names, data.x.mean(axis=0), strict=True))
    assert means["proline"] / means["nonflavanoid phenols"] > 1000


@pytest.mark.parametrize("name", ["digits", "wine"])
def test_features_are_standardized_unless_raw_ones_are_asked_for(name):
    data, raw = datasets.load(name), datasets.load(name, raw=True)
    still = raw.x.std(axis=0) < 0.05  # pixels at the edge of the digits
    assert still.sum() == {"digits": 12, "wine": 0}[name]
    np.testing.assert_allclose(data.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.x.std(axis=0)[~still], 1)
    np.testing.assert_allclose(data.x.std(axis=0)[still], raw.x.std(axis=0)[still], atol=1e-12)
    for one in (data, raw):
        np.testing.assert_allclose(one.x * one.std + one.mean, raw.x, atol=1e-12)
    np.testing.assert_array_equal(data.y, raw.y)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'mnist'; there are: digits, wine"):
        datasets.load("mnist")


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_missing_file_is_named_with_the_way_to_rebuild_it(copied_data, name, file):
    (copied_data / file).unlink()
    with pytest.raises(ValueError, match=f"{file} is missing.*git checkout data/.*python data/make_data.py"):
        datasets.load(name)


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_damaged_file_is_named_with_the_way_to_rebuild_it(copied_data, name, file):
    content = bytearray((copied_data / file).read_bytes())
    content[100] ^= 1
    (copied_data / file).write_bytes(content)
    with pytest.raises(ValueError, match=f"{file} is damaged.*expected.*python data/make_data.py"):
        datasets.load(name)


def test_splits_are_disjoint_and_cover_every_example():
    train, test = datasets.splits(10, 7, copies=4, seed=3)
    assert (train.shape, test.shape) == ((4, 7), (4, 3))
    assert (np.sort(np.hstack([train, test]), axis=1) == np.arange(10)).all()


def test_a_split_depends_on_its_own_seed_only():
    train, test = datasets.splits(100, 60, copies=4, seed=3)
    for i in range(4):
        alone = datasets.splits(100, 60, copies=1, seed=3 + i)
        assert (train[i] == alone[0][0]).all() and (test[i] == alone[1][0]).all()
    assert len(np.unique(train, axis=0)) == 4


@pytest.mark.parametrize("train", [-1, 0, 10, 11])
def test_a_split_without_training_or_test_examples_is_refused(train):
    with pytest.raises(ValueError, match=f"train is {train}; of 10 examples, between 1 and 9"):
        datasets.splits(10, train, copies=2, seed=0)


def test_reading_the_data_needs_neither_scikit_learn_nor_torch():
    program = "import sys; from helpers import datasets; datasets.load('wine'); print({'sklearn', 'torch'} & set(sys.modules))"
    root = Path(datasets.__file__).parent.parent.parent
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_no_copies_are_refused():
    with pytest.raises(ValueError, match="copies is 0; expected at least 1"):
        datasets.splits(10, 5, copies=0, seed=0)
