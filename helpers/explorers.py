"""Sliders that answer at once: one figure, drawn anew at every change, shown as a picture.

The figure is kept and its picture replaced, which is the fastest way in JupyterLab and works the same with ipywidgets 7
(Colab) and 8. The stored output carries the first picture too, for readers without a kernel.
"""

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display

from helpers.plotting import SCREEN_DPI, png


def explore(draw, alt, size=(8.0, 4.0), **controls):
    """Show controls above a figure that follows them.

    draw: called as draw(fig, **values) with an empty figure and the controls' values. alt: what the first picture shows.
    controls: name=(low, high, step, start) for a slider over numbers, name=([(text, value), ...], start) for a slider over
    choices, name=True or False for a check box. The name, with spaces for underscores, is the label.
    """
    boxes = {name: _control(name.replace("_", " "), spec) for name, spec in controls.items()}
    fig = plt.figure(figsize=size)
    plt.close(fig)  # the inline backend must not show it a second time
    picture = widgets.Image(format="png", width=int(size[0] * SCREEN_DPI), layout=widgets.Layout(max_width="100%"))

    places = []

    def redraw(_change=None):
        fig.clear()
        draw(fig, **{name: box.value for name, box in boxes.items()})
        _lay_out(fig, places)
        picture.value = png(fig, SCREEN_DPI, compress_level=1)

    for box in boxes.values():
        box.observe(redraw, names="value")
    redraw()
    page = widgets.VBox([*boxes.values(), picture])
    view = {"version_major": 2, "version_minor": 0, "model_id": page.model_id}
    display(
        {"application/vnd.jupyter.widget-view+json": view, "image/png": bytes(picture.value)},
        raw=True,
        metadata={"image/png": {"alt": alt, "width": int(size[0] * SCREEN_DPI)}},
    )


def _lay_out(fig, places):
    """Place the axes: worked out for the first picture and kept in `places`, because that takes a third of the time."""
    if len(places) != len(fig.axes):
        fig.set_layout_engine("constrained")
        fig.draw_without_rendering()
        places[:] = [ax.get_position(original=True) for ax in fig.axes]
        fig.set_layout_engine("none")
    for ax, place in zip(fig.axes, places, strict=True):
        ax.set_position(place)


def _control(label, spec):
    wide = {"style": {"description_width": "11em"}, "layout": widgets.Layout(width="34em", max_width="100%"), "description": label}
    if isinstance(spec, bool):
        return widgets.Checkbox(spec, indent=False, description=label)
    if isinstance(spec, tuple) and len(spec) == 2:
        options, start = spec
        return widgets.SelectionSlider(options=options, value=start, **wide)
    if isinstance(spec, tuple) and len(spec) == 4:
        low, high, step, start = spec
        kind = widgets.IntSlider if all(isinstance(v, int) for v in spec) else widgets.FloatSlider
        return kind(start, min=low, max=high, step=step, **wide)
    raise ValueError(f"the control {label!r} is {spec!r}; expected (low, high, step, start), (list of choices, start), or True or False.")
