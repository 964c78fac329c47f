"""How a live widget gets onto the page."""

VIEW = "application/vnd.jupyter.widget-view+json"


def view(widget):
    """The entry of a display bundle that shows a widget, where there is a kernel."""
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
