"""A progress bar that comes when something takes long, and goes when it is done."""

import time
from types import SimpleNamespace

from helpers.page.widgets import view


def with_progress(items, label, after_seconds=2.0):
    """Yield from items; in a notebook, show a bar once it has taken longer than after_seconds, and remove it at the end."""
    start, bar = time.monotonic(), None
    for done, item in enumerate(items):
        if bar is None and time.monotonic() - start > after_seconds:
            bar = _shown_bar(len(items), label)
        if bar is not None and done % max(1, len(items) // 50) == 0:
            bar.value = done
        yield item
    if bar is not None:
        bar.close()


def _shown_bar(total, label):
    """A progress bar on the page; outside Jupyter a stand-in that shows nothing."""
    from IPython import get_ipython

    if getattr(get_ipython(), "kernel", None) is None:
        return SimpleNamespace(value=0, close=lambda: None)
    import ipywidgets
    from IPython.display import display

    bar = ipywidgets.IntProgress(0, 0, total, description=label, style={"description_width": "initial"})
    # Only the live view: nothing stays in the stored notebook that would depend on how fast this machine is.
    display(view(bar), raw=True)
    return bar
