import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import cat_pictures
from helpers.page import diagrams


@pytest.fixture(scope="module")
def black():
    return datasets.cats(80, "black", seed=3)


def test_cats_are_pixels_from_0_to_1_with_the_kind_as_the_label(black):
    assert black.x.shape == (80, 1728) and black.x.dtype == np.float64
    assert 0 <= black.x.min() and black.x.max() <= 1
    assert black.y.tolist() == (black.kind == "cat").astype(int).tolist()
    assert np.bincount(black.y).tolist() == [40, 40]
    assert {kind: int((black.kind == kind).sum()) for kind in cat_pictures.KINDS[1:]} == dict.fromkeys(cat_pictures.KINDS[1:], 10)
    assert black.class_names == ("no cat", "cat") and len(black.feature_names) == 1728


def test_a_feature_name_says_where_its_number_is_in_the_picture(black):
    k = black.feature_names.index("row 13 column 12 green")
    assert (black.x[:, k] == black.pictures[:, 13, 12, 1]).all()


def test_the_seed_fixes_the_set(black):
    again = datasets.cats(80, "black", seed=3)
    assert (again.x == black.x).all() and (again.kind == black.kind).all()
    other = datasets.cats(80, "black", seed=4)
    assert not (other.x == black.x).all()


@pytest.mark.parametrize("coats", ["coloured", "white", (0.2, 0.4, 0.6)])
def test_other_coats_repaint_the_same_pictures(black, coats):
    repainted = datasets.cats(80, coats, seed=3)
    assert (repainted.kind == black.kind).all()
    same = np.isclose(repainted.pictures, black.pictures).all(axis=3).mean(axis=(1, 2))
    assert same.min() > 0.3 and same.max() < 0.95  # the background stayed, the coat did not
    assert (repainted.coat.mean(axis=1) > black.coat.mean(axis=1)).all()


def test_others_may_have_coats_of_their_own(black):
    mixed, coloured = datasets.cats(80, "black", seed=3, coats_of_others="coloured"), datasets.cats(80, "coloured", seed=3)
    cat = black.y == 1
    assert (mixed.x[cat] == black.x[cat]).all() and (mixed.x[~cat] == coloured.x[~cat]).all()


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.1, 8), (1.0, 80)])
def test_the_share_of_cats_is_as_asked(share, expected):
    assert datasets.cats(80, "black", seed=3, share_of_cats=share).y.sum() == expected


def test_a_larger_picture_shows_the_same_scene():
    scenes, coats = cat_pictures.random_scenes(5, seed=1), np.tile(cat_pictures.COATS["ginger"], (5, 1))
    small = cat_pictures.draw(cat_pictures.KINDS, coats, scenes)
    large = cat_pictures.draw(cat_pictures.KINDS, coats, scenes, size=96)
    averaged = large.reshape(5, 24, 4, 24, 4, 3).mean(axis=(2, 4))
    assert np.abs(averaged - small).mean() < 0.03


def test_a_coat_is_where_the_animal_is_and_edges_are_smooth():
    scene = cat_pictures.Scene(np.zeros((1, 2)), np.ones(1), np.zeros(1), np.ones(1), np.full((1, 3), 0.7))
    [cat] = cat_pictures.draw(["cat"], np.zeros((1, 3)), scene)
    assert np.abs(cat[9, 12]).max() < 0.02  # the forehead
    assert np.allclose(cat[0, 11], 0.7 * 1.06, atol=0.01)  # the wall between the ears
    assert ((cat[..., 0] > 0.1) & (cat[..., 0] < 0.6)).sum() > 20  # partly covered pixels
    np.testing.assert_allclose(cat, cat[:, ::-1], atol=1e-5)  # left and right alike


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        ({"coats": "purple"}, "no coat is called 'purple'; there are: coloured, black, brown"),
        ({"examples": 0}, "examples is 0"),
        ({"share_of_cats": 1.5}, "share_of_cats 1.5; expected at least 1, and a share from 0 to 1"),
        ({"coats": (0.1, 0.2)}, "a coat is a name or three numbers from 0 to 1"),
        ({"coats": (0.1, 0.2, 25)}, "a coat is a name or three numbers from 0 to 1"),
    ],
)
def test_cats_that_cannot_be_drawn_are_refused(change, fragment):
    with pytest.raises(ValueError, match=fragment):
        datasets.cats(**{"examples": 8, "coats": "black", "seed": 0, **change})


@pytest.mark.parametrize(
    ("kinds", "coats", "fragment"),
    [
        (["cat", "cow"], np.zeros((2, 3)), r"cannot draw \['cow'\]; the kinds are cat, dog"),
        (["cat"], np.zeros(3), r"shape \(3,\); expected \(1, 3\)"),
    ],
)
def test_draw_refuses_what_it_does_not_know(kinds, coats, fragment):
    with pytest.raises(ValueError, match=fragment):
        cat_pictures.draw(kinds, coats, cat_pictures.random_scenes(len(kinds), seed=0))


def test_draw_wants_a_scene_for_each_picture():
    with pytest.raises(ValueError, match="got 3 scenes for 1 pictures"):
        cat_pictures.draw(["cat"], np.zeros((1, 3)), cat_pictures.random_scenes(3, seed=0))


def test_a_gallery_has_a_named_row_for_each_set(black):
    fig = diagrams.gallery({"first": black.pictures[:3], "second": black.pictures[3:6]})
    assert [ax.get_ylabel() for ax in fig.axes] == ["first", "second"]
    assert fig.axes[0].images[0].get_array().shape == (26, 3 * 26, 3)
    plt.close(fig)


def test_labels_stand_above_their_pictures(black):
    fig, ax = plt.subplots()
    diagrams.picture_row(ax, black.pictures[:2], [7, 8], ["#123456", "#654321"])
    assert [(t.get_text(), t.get_position()[0], t.get_color()) for t in ax.texts] == [("7", 12.5, "#123456"), ("8", 38.5, "#654321")]
    plt.close(fig)


def test_thumbnails_do_not_cover_one_another(black):
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 2))
    x, y = np.random.default_rng(0).uniform(0, 1, (2, 80))
    shown = diagrams.thumbnails(ax, black.pictures, x, 2 * y, count=6)
    places = np.column_stack([x, y])[shown]
    gaps = np.abs(places[:, None] - places).max(axis=2)[~np.eye(len(shown), dtype=bool)]
    assert len(shown) == len(ax.artists) == 6 and gaps.min() >= 0.15
    assert len(diagrams.thumbnails(ax, black.pictures, np.full(80, 0.5), np.full(80, 0.5))) == 1
    plt.close(fig)


def test_thumbnails_need_a_picture_for_each_point(black):
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match="got 80 pictures, 3 x and 3 y"):
        diagrams.thumbnails(ax, black.pictures, [0, 1, 2], [0, 1, 2])
    plt.close(fig)
