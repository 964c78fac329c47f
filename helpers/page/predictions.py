"""A question to commit to before the result is on the page."""

import html

import ipywidgets as widgets
from IPython.display import display


def predict(question, *options):
    """Ask for a prediction: a question and at least two answers to pick from. Nothing is judged; the experiment does that.

    Readers without a kernel see the question and the answers as a list.
    """
    if len(options) < 2:
        raise ValueError(f"predict() needs at least two answers to choose from, got {len(options)}.")
    choice = widgets.RadioButtons(options=options, value=None, layout=widgets.Layout(width="auto"))
    noted = widgets.HTML("")

    def note(change):
        noted.value = f"Noted: <b>{html.escape(change['new'])}</b>. Now run the next cell and see."

    choice.observe(note, names="value")
    heading = f"<b>Predict.</b> {html.escape(question)}"
    page = widgets.VBox([widgets.HTML(heading), choice, noted])
    listed = "".join(f"<li>{html.escape(option)}</li>" for option in options)
    view = {"version_major": 2, "version_minor": 0, "model_id": page.model_id}
    display({"application/vnd.jupyter.widget-view+json": view, "text/html": f"<p>{heading}</p><ul>{listed}</ul>"}, raw=True)
