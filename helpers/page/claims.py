"""A finding as a sentence that code checks: shown with its number by claim(), checked in silence by guard(), recorded by both."""

import html
import json
import math
import numbers
import string
from pathlib import Path

import numpy as np
from IPython import get_ipython
from IPython.display import display

GUARDS = []  # (number of the cell's run, record) of all guards of this session; `make notebooks` stores them in the cells' metadata


class ClaimError(AssertionError):
    """A finding that did not come out as claimed."""


def claim(sentence, value, *, at_least=None, at_most=None, between=None):
    """Check a finding, `value` against exactly one bound, and show it as a sentence.

    sentence: a full sentence with one field for the number, formatted as by str.format: "The loss ends {:.0f} times lower."
        Without a field, the number stands behind the sentence.
    value: the measured number: a number, or an array or tensor with one element.
    at_least, at_most: a number. between: a pair, both ends included.
    Shows a tick, the sentence and the bound; the output's metadata keep all of it, for recorded_claims().
    Raises ClaimError, saying by how much, if it does not hold; ValueError for a value, a bound or a sentence that cannot be used.

    >>> claim("Two and two make {:.0f}.", 2 + 2, between=(4, 4))
    ✓ Two and two make 4. (checked: between 4 and 4)
    """
    before, number, after = in_words(sentence, value)
    record = _checked(sentence, value, at_least, at_most, between)
    aside = f'<small style="color: #767676">(checked: {html.escape(record["bound"])})</small>'
    page = (
        '<div style="border-left: 4px solid #009E73; padding: 0.3em 0.8em; margin: 0.3em 0"><b style="color: #007a5a">✓</b> '
        f'{html.escape(before)}<b class="measured">{html.escape(number)}</b>{html.escape(after)} {aside}</div>'
    )
    text = f"✓ {before}{number}{after} (checked: {record['bound']})"
    display({"text/plain": text, "text/html": page}, raw=True, metadata={"claim": record})


def guard(statement, value, *, at_least=None, at_most=None, between=None):
    """Check what the experiment rests on, as claim() does, and show nothing unless it fails.

    statement: what holds, in words. The other parameters and the errors are those of claim(). The record is kept for
    recorded_claims() when `make notebooks` stores the notebook.
    """
    record = {**_checked(statement, value, at_least, at_most, between), "guard": True}
    shell = get_ipython()
    # The cells that have been run, this one included, after an empty one; versions differ in when they raise execution_count.
    number = len(shell.history_manager.input_hist_parsed) - 1 if shell else None
    GUARDS.append((number, record))


def recorded_claims(notebook):
    """The claims and guards stored in a notebook file, in order of the cells.

    notebook: a path. Returns dictionaries with "statement", "value", "bound", and "guard": True for what is not shown.
    """
    return [record for cell in json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"] for record in cell_records(cell)]


def cell_records(cell):
    """The claims and guards stored in one cell of a notebook file, a dictionary as JSON gives it."""
    shown = [output["metadata"]["claim"] for output in cell.get("outputs", []) if "claim" in output.get("metadata", {})]
    return shown + cell["metadata"].get("guards", [])


def in_words(sentence, value):
    """The text before the number, the number as claim() shows it, the text after it. ValueError for a sentence that cannot be used."""
    number, pieces, field = _number(value), [""], None
    try:
        for text, name, form, _ in string.Formatter().parse(sentence):
            pieces[-1] += text
            if name is not None:
                if name or field is not None:
                    raise ValueError("it has more than one field, or one with a name")
                field = form
                pieces.append("")
        if field is None:
            return f"{sentence} — measured: ", _short(number), ""
        return pieces[0], format(number, field), pieces[1]
    except ValueError as error:
        raise ValueError(f"the sentence {sentence!r} cannot be used: {error}. Write one field for the number, such as {{:.0f}}.") from None


def _checked(statement, value, at_least, at_most, between):
    """The record of a finding that holds; ClaimError for one that does not."""
    value = _number(value)
    bound, shortfall = _bound(value, at_least, at_most, between)
    if not shortfall <= 0:  # NaN fails too
        raise ClaimError(f"does not hold: {statement}\n  measured: {value:.4g} (claimed: {bound}), missed by: {shortfall:.4g}")
    return {"statement": statement, "value": value, "bound": bound}


def _number(value):
    """value as a float; ValueError unless it is one real number."""
    values = np.asarray(value.detach() if hasattr(value, "detach") else value)
    if values.size != 1 or values.dtype.kind not in "biuf":
        raise ValueError(f"got {_described(values, value)} as the value; expected one real number: take a median, or one element.")
    return float(values.reshape(()))


def _described(values, value):
    return f"an array of shape {values.shape}" if values.size != 1 else f"{type(value).__name__} {value!r}"


def _bound(value, at_least, at_most, between):
    """The bound in words, and by how much value misses it (0 or less where it holds)."""
    given = [name for name, b in (("at_least", at_least), ("at_most", at_most), ("between", between)) if b is not None]
    if len(given) != 1:
        raise ValueError(f"a claim takes exactly one of at_least, at_most, between; got {given or 'none'}.")
    if between is None:
        limit = _limit(given[0], at_least if at_most is None else at_most)
        return f"{given[0].replace('_', ' ')} {_short(limit)}", limit - value if at_most is None else value - limit
    if not isinstance(between, list | tuple | np.ndarray) or len(between) != 2:
        raise ValueError(f"between is {between!r}; expected a pair (low, high).")
    low, high = (_limit("between", limit) for limit in between)
    if low > high:
        raise ValueError(f"between is {between!r}; the first number must not be larger than the second.")
    return f"between {_short(low)} and {_short(high)}", max(low - value, value - high)


def _limit(name, limit):
    """One number of a bound as a float."""
    if not isinstance(limit, numbers.Real | np.generic | np.ndarray) or not math.isfinite(number := _number(limit)):
        raise ValueError(f"{name} is {limit!r}; expected a finite number.")
    return number


def _short(number):
    """Three digits, and no exponent where a person would write none."""
    return f"{number:,.0f}" if 999.5 <= abs(number) < 1e7 else f"{number:.3g}"
