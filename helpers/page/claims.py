"""One line that checks a finding, shows it with its measured value, and records it in the notebook."""

import html
import json
from pathlib import Path

from IPython.display import display


class ClaimError(AssertionError):
    """A finding that did not come out as claimed."""


def claim(statement, value, *, at_least=None, at_most=None, between=None):
    """Check a finding: `value` against exactly one bound.

    statement: what was found, as a sentence. value: the measured number. at_least, at_most: a number; between: a pair,
    both ends included. Shows a tick, the statement and the value, and stores all of it in the output's metadata, from
    where recorded_claims() gathers the claims of a notebook. Raises ClaimError, saying by how much, if it does not hold.
    """
    bound, shortfall = _bound(float(value), at_least, at_most, between)
    if not shortfall <= 0:  # NaN fails too
        raise ClaimError(f"does not hold: {statement}\n  measured: {value:.4g} (claimed: {bound}), missed by: {shortfall:.4g}")
    text = f"✓ {statement} — measured: {_short(value)} ({bound})"
    page = (
        '<div style="border-left: 4px solid #009E73; padding: 0.3em 0.8em; margin: 0.3em 0">'
        f'<b style="color: #007a5a">✓</b> {html.escape(statement)} — '
        f"measured: <b>{_short(value)}</b> ({html.escape(bound)})</div>"
    )
    record = {"statement": statement, "value": float(value), "bound": bound}
    display({"text/plain": text, "text/html": page}, raw=True, metadata={"claim": record})


def recorded_claims(notebook):
    """The claims stored in a notebook file, in order: dictionaries with statement, value and bound."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [output["metadata"]["claim"] for output in outputs if "claim" in output.get("metadata", {})]


def _bound(value, at_least, at_most, between):
    """The bound in words, and by how much value misses it (0 or less where it holds)."""
    given = [name for name, b in (("at_least", at_least), ("at_most", at_most), ("between", between)) if b is not None]
    if len(given) != 1:
        raise ValueError(f"claim() takes exactly one of at_least, at_most, between; got {given or 'none'}.")
    if at_least is not None:
        return f"at least {_short(at_least)}", at_least - value
    if at_most is not None:
        return f"at most {_short(at_most)}", value - at_most
    low, high = between
    return f"between {_short(low)} and {_short(high)}", max(low - value, value - high)


def _short(number):
    """Three digits, and no exponent where a person would write none."""
    return f"{number:,.0f}" if 999.5 <= abs(number) < 1e7 else f"{number:.3g}"
