import ipywidgets as widgets
import matplotlib.pyplot as plt
import pytest

from helpers.page import explorers, predictions

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def pages(monkeypatch):
    """A list that fills with the boxes of widgets built during the test."""
    built, vbox = [], widgets.VBox

    def recording(children):
        built.append(vbox(children))
        return built[-1]

    monkeypatch.setattr(widgets, "VBox", recording)
    return built


@pytest.fixture
def explored(displayed, pages):
    """explored(**controls) shows an explorer and returns it as (drawn, controls, picture, output)."""
    outputs = displayed(explorers)

    def show(**specs):
        drawn = []

        def draw(fig, **values):
            drawn.append((fig, values))
            fig.subplots().set_title(str(values))

        explorers.explore(draw, "A title with the values.", size=(3.0, 1.0), **specs)
        *boxes, picture = pages[-1].children
        return drawn, dict(zip(specs, boxes, strict=True)), picture, outputs[-1]

    return show


def test_a_change_redraws_the_same_figure_with_the_new_value(explored):
    drawn, controls, picture, _ = explored(batch_size=(1, 9, 2, 3), noisy=False)
    first = bytes(picture.value)
    controls["batch_size"].value = 5
    second = bytes(picture.value)
    controls["noisy"].value = True
    assert [values for _, values in drawn] == [
        {"batch_size": 3, "noisy": False},
        {"batch_size": 5, "noisy": False},
        {"batch_size": 5, "noisy": True},
    ]
    assert all(fig is drawn[0][0] for fig, _ in drawn)
    assert len({first, second, bytes(picture.value)}) == 3


def test_the_figure_is_not_left_open_for_a_second_showing(explored):
    drawn, *_ = explored(x=True)
    assert drawn[0][0].number not in plt.get_fignums()


def test_the_output_holds_the_live_view_and_the_first_picture(explored, pages):
    _, _, picture, (data, metadata) = explored(x=([1, 2], 2))
    assert data[VIEW]["model_id"] == pages[-1].model_id
    # A kernel encodes bytes for the notebook file, and nothing but bytes.
    assert type(data["image/png"]) is bytes and data["image/png"] == picture.value
    assert metadata == {"image/png": {"alt": "A title with the values.", "width": 300}}


@pytest.mark.parametrize(
    ("spec", "kind", "start", "change"),
    [
        ((1, 9, 2, 3), widgets.IntSlider, 3, 7),
        ((0.0, 1.0, 0.1, 0.5), widgets.FloatSlider, 0.5, 0.7),
        ((0, 1, 0.1, 0), widgets.FloatSlider, 0, 0.7),
        (([2, 8, 32], 8), widgets.SelectionSlider, 8, 32),
        (([("two", 2), ("eight", 8)], 8), widgets.SelectionSlider, 8, 2),
        (True, widgets.Checkbox, True, False),
        (False, widgets.Checkbox, False, True),
    ],
)
def test_each_kind_of_control_starts_as_told_and_reports_its_change(explored, spec, kind, start, change):
    drawn, controls, _, _ = explored(a_b=spec)
    assert type(controls["a_b"]) is kind and controls["a_b"].description == "a b"
    controls["a_b"].value = change
    assert [values["a_b"] for _, values in drawn] == [start, change]


@pytest.mark.parametrize("spec", [(0, 1, 0.1), [1, 2], 3, "text", None, {"a": 1}])
def test_a_control_of_no_known_kind_is_refused(explored, spec):
    with pytest.raises(ValueError, match=r"the control 'a b' is .*expected \(low, high, step, start\)"):
        explored(a_b=spec)


@pytest.fixture
def predicted(displayed, pages):
    """The question "a < b?" as shown: (choice, noted, data)."""
    outputs = displayed(predictions)
    predictions.predict("Is a < b?", "yes & always", "no")
    _, choice, noted = pages[-1].children
    return choice, noted, outputs[0][0]


def test_a_prediction_lists_its_answers_for_readers_without_a_kernel(predicted, pages):
    _, _, data = predicted
    assert data["text/html"] == "<p><b>Predict.</b> Is a &lt; b?<br>(a) yes &amp; always<br>(b) no</p>"
    assert data[VIEW]["model_id"] == pages[-1].model_id


def test_a_prediction_starts_open_and_notes_the_choice(predicted):
    choice, noted, _ = predicted
    assert (choice.options, choice.value, noted.value) == (("(a) yes & always", "(b) no"), None, "")
    choice.value = "(a) yes & always"
    assert "Noted: <b>(a) yes &amp; always</b>" in noted.value
    choice.value = "(b) no"
    assert "Noted: <b>(b) no</b>" in noted.value


@pytest.mark.parametrize("options", [(), ("yes",), ("more letters than there are",) * 27])
def test_a_prediction_needs_two_answers(options):
    with pytest.raises(ValueError, match=f"needs 2 to 26 answers.*got {len(options)}"):
        predictions.predict("Is it so?", *options)


def test_the_layout_is_kept_and_worked_out_anew_when_the_number_of_axes_changes(displayed, pages):
    displayed(explorers)
    figures = []

    def draw(fig, panels):
        fig.subplots(1, panels)
        figures.append(fig)

    explorers.explore(draw, "One panel, or two beside one another.", panels=(1, 2, 1, 1))
    slider, _ = pages[-1].children
    first = figures[-1].axes[0].get_position().bounds
    slider.value = 2
    assert figures[-1].axes[0].get_position().x1 < figures[-1].axes[1].get_position().x0
    slider.value = 1
    assert figures[-1].axes[0].get_position().bounds == pytest.approx(first)


def test_panels_come_back_empty(displayed, pages):
    displayed(explorers)
    found = []

    def draw(fig, height):
        ax = fig.subplots()
        found.append([*ax.lines, *ax.patches, *ax.texts, *ax.images, *ax.collections, ax.get_legend(), ax.get_title()])
        ax.plot([0, 1], [0, height], label="a line")
        ax.bar([0], [1])
        ax.scatter([0], [1])
        ax.text(0, 0, "a text")
        ax.annotate("", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})
        ax.set_title("a title")
        ax.legend()
        found.append(ax.get_ylim()[1])

    explorers.explore(draw, "A line, a bar, a text and a legend.", height=(1, 9, 1, 9))
    pages[-1].children[0].value = 2
    (first, high), (again, low) = found[:2], found[2:]
    assert first == again == [None, ""]
    assert low < 3 < 9 < high, "the limits follow what is drawn now"


FAULTY = {
    "colour bar": lambda fig, ax, k: fig.colorbar(ax.imshow([[0, k], [1, 2]])),
    "log scale at one position": lambda fig, ax, k: ax.set(xscale="log" if k == 2 else "linear"),
    "twin axis": lambda fig, ax, k: ax.twinx().plot([0, k]),
    "inset": lambda fig, ax, k: ax.inset_axes([0.5, 0.5, 0.3, 0.3]).plot([0, k]),
    "title of the figure at one position": lambda fig, ax, k: fig.suptitle("two") if k == 2 else None,
    "legend of the figure": lambda fig, ax, k: fig.legend([ax.plot([0, k])[0]], ["a line"]) if k == 2 else ax.plot([0, k]),
    "inverted axis": lambda fig, ax, k: ax.invert_yaxis() if k == 2 else None,
    "no spines, no grid": lambda fig, ax, k: (ax.spines[:].set_visible(k != 2), ax.grid(visible=k == 2)),
    "ticks and limits": lambda fig, ax, k: ax.set(xticks=[1, 2], xlim=(0, 9), aspect="equal") if k == 2 else None,
    "line on the figure": lambda fig, ax, k: fig.add_artist(plt.Line2D([0, k], [0, 1])),
}


@pytest.mark.parametrize("name", FAULTY)
def test_nothing_stays_from_the_position_before(displayed, pages, name):
    displayed(explorers)

    def draw(fig, k):
        ax = fig.subplots()
        ax.plot([1, 2], [k, 2 * k])
        FAULTY[name](fig, ax, k)

    explorers.explore(draw, "A line and something else.", k=(1, 3, 1, 1))
    slider, picture = pages[-1].children
    first = bytes(picture.value)
    for k in (2, 3, 2, 1):
        slider.value = k
    assert bytes(picture.value) == first
