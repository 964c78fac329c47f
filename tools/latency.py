"""How long an explorer takes from a moved slider to its new picture, measured without a browser, in the notebook's own kernel."""

import json

import nbformat

from tools.execute import run

# In the kernel: every explorer that is built remembers how to redraw; then each control visits its values.
RECORD = """
import ipywidgets, json, time
_explorers, _vbox = [], ipywidgets.VBox
class _Recording(_vbox):
    def __init__(self, children=(), **options):
        super().__init__(children, **options)
        _explorers.append(self)
ipywidgets.VBox = _Recording
"""
TIME = """
_times = []
for _page in _explorers:
    *_controls, _last = _page.children
    if not isinstance(_last, ipywidgets.Image):
        continue  # a prediction
    for _control in _controls:
        _start = _control.value
        if hasattr(_control, "options"):
            _values = [option[1] if isinstance(option, tuple) else option for option in _control.options]
        elif isinstance(_start, bool):
            _values = [not _start]
        else:
            _values = [_control.min + (_control.max - _control.min) * k / 6 for k in range(7)]
            _values = [type(_start)(value) for value in _values]
        for _value in [*_values[:8], _start]:
            _before, _clock = _last.value, time.perf_counter()
            _control.value = _value
            if _last.value != _before:
                _times.append(1000 * (time.perf_counter() - _clock))
print(json.dumps(_times))
"""


def redraws(path):
    """Milliseconds of each redraw of a notebook's explorer, over the values of its controls; none if it has no explorer.

    Runs the whole notebook. Raises NotebookError if a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(RECORD))
    notebook.cells.append(nbformat.v4.new_code_cell(TIME))
    run(notebook, path.parent)
    return json.loads(notebook.cells[-1].outputs[-1].text)
