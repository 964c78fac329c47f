"""Sliders that answer at once: one figure, drawn anew at every change, shown as a picture.

The picture is replaced and the widgets stay, which is the fastest way in JupyterLab and works the same with ipywidgets 7 (Colab)
and 8. The stored output carries the first picture too, and more of them in its metadata (frames.py), for readers without a kernel.
"""

import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers.page.finish import check_alt
from helpers.page.frames import frames, keeping
from helpers.page.style import SCREEN_DPI
from helpers.page.widgets import view


def explore(draw, alt, size=(8.0, 4.0), **controls):
    """Show controls above a figure that follows them.

    draw: called as draw(fig, **values) with an empty figure and the controls' values at every change; it should need less
        than a tenth of a second, so what takes long is computed before.
    alt: what the first picture shows, in a sentence or two.
    size: width and height in inches.
    controls: name=(low, high, step, start) for a slider over numbers, name=([(text, value), ...], start) for a slider over
        choices, name=True or False for a check box. The name, with spaces for underscores, is the label.

    >>> explore(lambda fig, slope: fig.subplots().plot([0, slope]), "A line from the origin.", slope=(0, 3, 1, 2))
    """
    check_alt(alt)
    boxes = {name: _control(name.replace("_", " "), spec) for name, spec in controls.items()}
    fig = plt.figure(figsize=size, dpi=SCREEN_DPI, layout="constrained")
    plt.close(fig)  # the inline backend must not show it a second time
    canvas, layouts = FigureCanvasAgg(fig), {}
    picture = widgets.Image(format="png", width=int(size[0] * SCREEN_DPI), layout=widgets.Layout(max_width="100%"))

    def drawn(values):
        fig.clear()
        fig.set_layout_engine("constrained")
        draw(fig, **dict(zip(boxes, values, strict=True)))
        _place(fig, layouts)
        canvas.draw()
        return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])

    def redraw(_change=None):
        picture.value = _png(drawn([box.value for box in boxes.values()]))

    for box in boxes.values():
        box.observe(redraw, names="value")
    redraw()
    page = widgets.VBox([*boxes.values(), picture])
    shown = {"image/png": {"alt": alt, "width": int(size[0] * SCREEN_DPI)}}
    if keeping():
        shown["frames"] = frames({box.description: box for box in boxes.values()}, drawn)
    display({**view(page), "image/png": bytes(picture.value)}, raw=True, metadata=shown)


def _place(fig, layouts):
    """Lay the panels out around what is written at their edges; where the same was laid out before, as then.

    Working it out takes a third of the time of a picture, and panels that jump by a pixel with each number disturb.
    layouts: what was worked out so far, by the number of panels and whether they have titles and names at their axes.
    """
    panels = fig.axes
    if any(ax.get_subplotspec() is None for ax in panels):
        return  # a colour bar or an inset, which has no place of its own in the grid
    asked = tuple((ax.get_subplotspec().get_geometry(), *map(bool, _written(ax))) for ax in panels), bool(fig.get_suptitle())
    if asked not in layouts:
        fig.draw_without_rendering()
        layouts[asked] = [ax.get_position() for ax in panels]
    fig.set_layout_engine("none")
    for ax, place in zip(panels, layouts[asked], strict=True):
        ax.set_position(place)


def _written(ax):
    return ax.get_title(), ax.get_title("left"), ax.get_title("right"), ax.get_xlabel(), ax.get_ylabel()


def _png(drawing):
    """The (H, W, 3) drawing as PNG bytes. fig.savefig would draw everything twice, and transparency takes a third longer to pack."""
    buffer = io.BytesIO()
    Image.fromarray(drawing).save(buffer, "png", compress_level=1)
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
