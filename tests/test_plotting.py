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
def test_show_refuses_an_alternative_text_that_says_too_little(checked, displayed, fig, alt):
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
def test_show_refuses_a_label_that_cannot_be_read(checked, displayed, fig, ax, labels, fragment):
    outputs = displayed(finish)
    ax.set_title("the finding", loc="left")
    for text, place in labels.items():
        ax.text(*place, text)
    with pytest.raises(ValueError, match=fragment):
        finish.show(fig, ALT)
    assert not outputs


def test_a_reader_is_never_stopped_by_the_layout(monkeypatch, displayed, fig, ax):
    monkeypatch.delenv("COURSE_CHECK_LAYOUT", raising=False)
    outputs = displayed(finish)
    for place in ((0.5, 0.5), (0.5, 0.5), (1.4, 0.5)):
        ax.text(*place, "the same place, or outside")
    finish.show(fig, "")
    assert len(outputs) == 1


def boxes(fig, ax):
    fig.dpi = style.STORED_DPI
    fig.draw_without_rendering()
    return [text.get_window_extent() for text in ax.texts]


@pytest.mark.parametrize("heights", [(1, 1), (1, 1.01, 0.99), (0, 0.02, 0.5, 0.51, 1), (1,) * 5, (0, 1)])
def test_names_at_line_ends_move_apart_and_keep_their_order(displayed, fig, ax, heights):
    displayed(finish)
    for k, height in enumerate(heights):
        marks.curve(ax, [0, 1], np.array([[0.0] * 3, [height] * 3]), "with BN", f"name {k}\nof two lines")
    before = [(round(box.y0, 6), -k) for k, box in enumerate(boxes(fig, ax))]  # of two at one height, the first goes up
    finish.show(fig, ALT)
    after = boxes(fig, ax)
    for k, box in enumerate(after):
        assert all(box.y0 >= other.y1 or other.y0 >= box.y1 for other in after[:k])
    assert [k for _, k in sorted(before)] == [k for _, k in sorted((box.y0, -k) for k, box in enumerate(after))]
    moves = np.array([box.y0 for box in after]) - [y for y, _ in before]
    assert abs(moves.mean()) < 1 and (heights != (0, 1) or abs(moves).max() < 0.01)  # no more than needed, as much up as down


def test_names_side_by_side_stay_where_they_are(displayed, fig, ax):
    displayed(finish)
    ax.set(xlim=(0, 10), ylim=(0, 1))
    marks.label_line(ax, 1, 0.5, "left", "with BN")
    marks.label_line(ax, 6, 0.5, "right", "without BN")
    finish.show(fig, ALT)
    assert [text.get_position() for text in ax.texts] == [(7, 0), (7, 0)]


def test_the_same_figure_gives_the_same_bytes(fig, ax):
    ax.plot([0, 1])
    assert style.png(fig) == style.png(fig)


def test_curve_draws_the_median_in_the_colour_of_its_version(ax):
    values = np.array([[1.0, 2.0, 30.0], [4.0, 5.0, 60.0]])
    marks.curve(ax, [0, 10], values, "with BN")
    [line], [label] = ax.lines, ax.texts
    assert line.get_xydata().tolist() == [[0, 2], [10, 5]]
    assert line.get_color() == label.get_color() == style.COLOURS["with BN"]
    assert (label.get_text(), label.xy) == ("with BN", (10, 5))
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([band.min(), band.max()], np.percentile(values, [15, 85], axis=1)[[0, 1], [0, 1]])


def test_curve_takes_a_label(ax):
    marks.curve(ax, [0, 1], np.ones((2, 3)), "third", label="my label")
    assert (ax.texts[0].get_text(), ax.texts[0].xy) == ("my label", (1, 1))
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


@pytest.mark.parametrize(
    "mark",
    [
        lambda ax: marks.curve(ax, [0, 1], np.ones((2, 3)), "with XY"),
        lambda ax: marks.band(ax, [0, 1], np.ones((2, 3)), "#0072B2"),
        lambda ax: marks.bars(ax, {"one": 1}, "with XY"),
        lambda ax: marks.dots(ax, {"one": np.ones(2)}, ["with XY"]),
        lambda ax: marks.label_line(ax, 0, 0, "name", "with XY"),
    ],
)
def test_a_version_without_a_colour_is_refused_with_the_known_ones(ax, mark):
    with pytest.raises(ValueError, match="no version is called .*; there are: with BN, without BN, LayerNorm"):
        mark(ax)


def test_band_shows_the_median_and_the_middle_of_the_columns_and_no_name(ax):
    values = np.array([[1.0, 2.0, 30.0], [4.0, 5.0, np.nan]])
    x, middle = marks.band(ax, [0, 10], values, "third", linestyle="--")
    assert (list(middle), ax.lines[0].get_ydata().tolist(), ax.lines[0].get_linestyle()) == ([2, 4.5], [2, 4.5], "--")
    assert not ax.texts and len(ax.collections) == 1


def test_bars_show_the_median_and_every_copy_from_the_top(ax):
    marks.bars(ax, {"first": np.array([1.0, 2.0, 6.0]), "second": 5.0}, ["with BN", "third"], unit="seconds")
    assert [bar.get_width() for bar in ax.patches] == [2, 5]
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 6], [5]]
    assert [to_rgb(line.get_color()) for line in ax.lines] == [to_rgb(style.COLOURS[name]) for name in ("with BN", "third")]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.yaxis_inverted() and ax.get_xlabel() == "seconds"


def test_dots_mark_the_median_and_put_rings_where_a_copy_never_got(ax):
    values = {"first": np.array([1.0, 2.0, 6.0]), "second": np.array([3.0, np.inf, np.inf])}
    marks.dots(ax, values, {"second": "third", "first": "with BN"}, limit=9)
    copies, rings, medians = ax.lines[0::3], ax.lines[1::3], ax.lines[2::3]
    assert [line.get_xdata().tolist() for line in copies] == [[1, 2, 6], [3]]
    assert [line.get_xdata().tolist() for line in rings] == [[], [9, 9]]
    assert [list(line.get_xdata()) for line in medians] == [[2, 2], [9, 9]]
    assert to_rgb(copies[1].get_color()) == to_rgb(style.COLOURS["third"])
    assert ax.yaxis_inverted() and [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]


@pytest.mark.parametrize("mark", [marks.bars, marks.dots])
def test_rows_without_a_version_are_refused(ax, mark):
    with pytest.raises(ValueError, match="got 2 rows and 1 versions"):
        mark(ax, {"one": np.ones(2), "two": np.ones(2)}, ["with BN"])


def test_plain_ticks_write_the_numbers_out(fig, ax):
    ax.set(xscale="log", xlim=(0.001, 2000), yscale="log")
    marks.plain_ticks(ax, x=(0.001, 0.5, 1000))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.001", "0.5", "1,000"]
    assert not ax.get_xticks(minor=True).size and ax.get_yticks(minor=True).size


def test_reference_draws_one_dashed_line_with_its_name(ax):
    marks.reference(ax, y=10, text="guessing")
    marks.reference(ax, x=3)
    across, up = ax.lines
    assert (list(across.get_ydata()), list(up.get_xdata())) == ([10, 10], [3, 3])
    assert across.get_linestyle() == "--" and [text.get_text() for text in ax.texts] == ["guessing"]
    for wrong in ({}, {"x": 1, "y": 2}):
        with pytest.raises(ValueError, match="takes a place x or a height y"):
            marks.reference(ax, **wrong)


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
