"""Sliders that answer at once: one figure, drawn anew at every change, shown as a picture.

The figure and its panels are kept and the picture replaced, which is the fastest way in JupyterLab and works the same with
ipywidgets 7 (Colab) and 8. The stored output carries the first picture too, for readers without a kernel.
"""

import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.page.style import SCREEN_DPI


def explore(draw, alt, size=(8.0, 4.0), **controls):
    """Show controls above a figure that follows them.

    draw: called as draw(fig, **values) with the controls' values; it gets its panels, empty, from fig.subplots(...).
    alt: what the first picture shows.
    controls: name=(low, high, step, start) for a slider over numbers, name=([(text, value), ...], start) for a slider over
    choices, name=True or False for a check box. The name, with spaces for underscores, is the label.
    """
    boxes = {name: _control(name.replace("_", " "), spec) for name, spec in controls.items()}
    fig = plt.figure(figsize=size, dpi=SCREEN_DPI, FigureClass=KeptPanels)
    plt.close(fig)  # the inline backend must not show it a second time
    canvas = FigureCanvasAgg(fig)
    picture = widgets.Image(format="png", width=int(size[0] * SCREEN_DPI), layout=widgets.Layout(max_width="100%"))

    def redraw(_change=None):
        draw(fig, **{name: box.value for name, box in boxes.items()})
        fig.keep_layout()
        picture.value = _png(canvas)

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


class KeptPanels(Figure):
    """A figure whose subplots() empties the panels of the call before, where new ones would take half of the time of a picture."""

    _panels = _asked_for = None

    def subplots(self, *args, **kwargs):
        """As Figure.subplots; panels asked for in the same way again come back empty, with their axes as they were."""
        if self._asked_for != (args, kwargs):
            self.clear()
            self.set_layout_engine("constrained")
            self._panels, self._asked_for = super().subplots(*args, **kwargs), (args, kwargs)
        for ax in np.ravel(self._panels):
            _empty(ax)
        return self._panels

    def keep_layout(self):
        """Place new panels by what is written around them, once: working it out takes a third of the time of a picture."""
        if self.get_layout_engine() is not None:
            self.draw_without_rendering()
            self.set_layout_engine("none")


def _empty(ax):
    legend = [ax.get_legend()] if ax.get_legend() else []
    for artist in (*ax.lines, *ax.patches, *ax.collections, *ax.texts, *ax.images, *ax.artists, *legend):
        artist.remove()
    ax.containers.clear()
    ax.set_title("")
    ax.set_prop_cycle(None)
    ax.relim()


def _png(canvas):
    """The drawing as PNG bytes. fig.savefig would draw everything twice, and transparency takes a third longer to pack."""
    canvas.draw()
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])).save(buffer, "png", compress_level=1)
    return buffer.getvalue()


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
