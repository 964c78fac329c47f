import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from helpers.page import diagrams, finish, marks, style

ALT = "A line that rises from the lower left to the upper right corner."


@pytest.fixture
def fig():
    figure = plt.figure()
    yield figure
    plt.close("all")


@pytest.fixture
def ax(fig):
    return fig.add_subplot()


def test_show_stores_the_picture_with_its_alternative_text_and_nothing_else(displayed, fig):
    outputs = displayed(finish)
    finish.show(fig, ALT)
    [(data, metadata)] = outputs
    assert set(data) == {"image/png"}  # with text/plain a reader would find "<Figure size 800x400 ...>" on the page
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == ALT
    assert metadata["image/png"]["width"] == int(fig.get_figwidth() * style.SCREEN_DPI)


def test_show_closes_the_figure(displayed, fig):
    displayed(finish)
    finish.show(fig, ALT)
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("alt", ["", "A rising line."])
def test_show_refuses_an_alternative_text_that_says_too_little(displayed, fig, alt):
    outputs = displayed(finish)
    with pytest.raises(ValueError, match="too short to stand in for the picture"):
        finish.show(fig, alt)
    assert not outputs


@pytest.mark.parametrize(
    ("labels", "fragment"),
    [
        ({"first": (0.5, 0.5), "second": (0.5, 0.5)}, "'second' and 'first' overlap"),
        ({"a label of some length": (1.2, 0.5)}, "'a label of some length' is cut off by"),
        ({"high": (0.0, 1.05)}, "'the finding' and 'high' overlap"),
    ],
)
def test_show_refuses_a_label_that_cannot_be_read(displayed, fig, ax, labels, fragment):
    outputs = displayed(finish)
    ax.set_title("the finding", loc="left")
    for text, place in labels.items():
        ax.text(*place, text)
    with pytest.raises(ValueError, match=fragment):
        finish.show(fig, ALT)
    assert not outputs


def test_the_same_figure_gives_the_same_bytes(fig, ax):
    ax.plot([0, 1])
    assert style.png(fig) == style.png(fig)


def test_curve_draws_the_median_in_the_colour_of_its_arm(ax):
    values = np.array([[1.0, 2.0, 30.0], [4.0, 5.0, 60.0]])
    marks.curve(ax, [0, 10], values, "with BN")
    [line], [label] = ax.lines, ax.texts
    assert line.get_xydata().tolist() == [[0, 2], [10, 5]]
    assert line.get_color() == label.get_color() == style.COLOURS["with BN"]
    assert (label.get_text(), label.xy) == ("with BN", (10, 5))
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([band.min(), band.max()], np.percentile(values, [15, 85], axis=1)[[0, 1], [0, 1]])


def test_curve_takes_a_label_and_a_height_of_its_own(ax):
    marks.curve(ax, [0, 1], np.ones((2, 3)), "third", label="my label", at=7)
    assert (ax.texts[0].get_text(), ax.texts[0].xy) == ("my label", (1, 7))
    assert to_rgb(ax.lines[0].get_color()) == to_rgb(style.COLOURS["third"])


def test_curve_counts_the_diverged_copies_and_takes_the_median_of_the_others(ax):
    values = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, np.nan], [1.0, np.nan, 3.0, np.nan]])
    marks.curve(ax, [0, 1, 2], values, "without BN")
    assert ax.texts[0].get_text() == "without BN\n(2 of 4 diverged)"
    assert ax.lines[0].get_ydata().tolist() == [2.5, 2, 2]


def test_curve_ends_where_the_last_copy_diverged(ax):
    marks.curve(ax, [0, 1, 2], [[1.0, 2.0], [3.0, np.nan], [np.nan, np.nan]], "without BN")
    assert ax.lines[0].get_xydata().tolist() == [[0, 1.5], [1, 3]]
    assert (ax.texts[0].get_text(), ax.texts[0].xy) == ("without BN\n(2 of 2 diverged)", (1, 3))


def test_curve_refuses_values_that_are_nothing_but_nan(ax):
    with pytest.raises(ValueError):
        marks.curve(ax, [0, 1], np.full((2, 3), np.nan), "with BN")


def test_curve_refuses_an_arm_without_a_colour(ax):
    with pytest.raises(KeyError, match="with XY"):
        marks.curve(ax, [0, 1], np.ones((2, 3)), "with XY")


def test_bars_show_the_mean_and_every_copy_from_the_top(ax):
    marks.bars(ax, ["first", "second"], [np.array([1.0, 2.0, 6.0]), 5.0], ["#123456", "#654321"], unit="seconds")
    assert [bar.get_width() for bar in ax.patches] == [3, 5]
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 6], [5]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.yaxis_inverted() and ax.get_xlabel() == "seconds"


def test_dots_mark_the_median_and_put_rings_where_a_copy_never_got(ax):
    marks.dots(ax, ["first", "second"], [np.array([1.0, 2.0, 6.0]), np.array([3.0, np.inf, np.inf])], ["#123456", "#654321"], limit=9)
    copies, rings, medians = ax.lines[0::3], ax.lines[1::3], ax.lines[2::3]
    assert [line.get_xdata().tolist() for line in copies] == [[1, 2, 6], [3]]
    assert [line.get_xdata().tolist() for line in rings] == [[], [9, 9]]
    assert [list(line.get_xdata()) for line in medians] == [[2, 2], [9, 9]]
    assert ax.yaxis_inverted() and [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]


def test_use_course_style_sets_the_style_for_all_figures():
    with plt.rc_context():
        style.use_course_style()
        changed = {key: plt.rcParams[key] for key in style.STYLE}
    assert changed == {**style.STYLE, "figure.figsize": list(style.STYLE["figure.figsize"])}


def test_every_colour_of_the_course_is_different():
    assert len({to_rgb(colour) for colour in style.COLOURS.values()}) == len(style.COLOURS)


def test_groups_of_statistics_have_one_colour_a_channel_above_and_one_an_example_below():
    figure = diagrams.statistics_groups({"(N, C)": (2, 3, 1), "(N, C, L)": (2, 3, 4)})
    colours = [[patch.get_facecolor() for patch in axes.patches] for axes in figure.axes]
    assert [len(found) for found in colours] == [6, 24, 6, 24]
    assert [len(set(found)) for found in colours] == [3, 3, 2, 2]
    plt.close(figure)


def test_the_loss_bowl_marks_the_least_squares_solution_and_draws_the_path(ax):
    rng = np.random.default_rng(0)
    A, path = rng.normal(size=(20, 2)), np.array([[0.0, 0.0], [0.5, 1.0]])
    diagrams.loss_contours(ax, A, A @ [1.0, 2.0], path, ["w1", "w2"])
    drawn, lowest = (line.get_xydata() for line in ax.lines)
    np.testing.assert_allclose(drawn, path)
    np.testing.assert_allclose(lowest, [[1.0, 2.0]], atol=1e-12)


def test_a_trained_map_counts_the_copies_and_greys_what_diverged(ax):
    loss = np.array([[[0.5, 2.0], [np.nan, np.inf]], [[0.1, 0.2], [2.0, 2.1]]])
    image = diagrams.heatmap_of_training(ax, loss, 1.0, ["shallow", "deep"], ["0.1", "1"])
    assert {(t.get_position(), t.get_text()) for t in ax.texts} == {((0, 0), "1"), ((0, 1), "2")}
    np.testing.assert_allclose(image.get_array().filled(-1), [[1.25, -1], [0.15, 2.05]])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["shallow", "deep"]


def test_a_trained_map_refuses_losses_of_another_shape(ax):
    with pytest.raises(ValueError, match=r"loss has shape \(2, 2\); expected \(1, 2, M\)"):
        diagrams.heatmap_of_training(ax, np.zeros((2, 2)), 1.0, ["deep"], ["0.1", "1"])
