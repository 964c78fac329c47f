"""A question to commit to before the result is on the page."""

import html
import string

import ipywidgets as widgets
from IPython.display import display

from helpers.page.widgets import view


def predict(question, *answers):
    """Ask for a prediction. Nothing is judged; the experiment does that.

    question: one sentence or two. answers: 2 to 26 texts; they get the letters (a), (b), ... in this order.
    Readers without a kernel see the question and the answers as a list. Raises ValueError for fewer answers.
    """
    if not 2 <= len(answers) <= 26:
        raise ValueError(f"predict() needs 2 to 26 answers to choose from, got {len(answers)}.")
    lettered = [f"({letter}) {answer}" for letter, answer in zip(string.ascii_lowercase, answers, strict=False)]
    choice = widgets.RadioButtons(options=lettered, value=None, layout=widgets.Layout(width="auto"))
    noted = widgets.HTML("")

    def note(change):
        noted.value = f"Noted: <b>{html.escape(change['new'])}</b>. Now go on and see."

    choice.observe(note, names="value")
    heading = f"<b>Predict.</b> {html.escape(question)}"
    page = widgets.VBox([widgets.HTML(heading), choice, noted])
    listed = "".join(f"<br>{html.escape(answer)}" for answer in lettered)
    display({**view(page), "text/html": f"<p>{heading}{listed}</p>"}, raw=True)
