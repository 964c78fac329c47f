import json
import math

import pytest

from helpers.page import ClaimError, claim, claims, recorded_claims


@pytest.fixture
def outputs(displayed):
    return displayed(claims)


@pytest.mark.parametrize(
    ("value", "bound", "words"),
    [
        (3, {"at_least": 2}, "at least 2"),
        (2, {"at_least": 2}, "at least 2"),
        (0, {"at_least": 0}, "at least 0"),
        (-3, {"at_most": -2.5}, "at most -2.5"),
        (-2.5, {"at_most": -2.5}, "at most -2.5"),
        (0.1, {"between": (0.1, 0.3)}, "between 0.1 and 0.3"),
        (0.2, {"between": (0.1, 0.3)}, "between 0.1 and 0.3"),
        (0.3, {"between": (0.1, 0.3)}, "between 0.1 and 0.3"),
    ],
)
def test_a_claim_that_holds_is_recorded_with_its_bound(outputs, value, bound, words):
    claim("It holds.", value, **bound)
    [(_, metadata)] = outputs
    assert metadata == {"claim": {"statement": "It holds.", "value": float(value), "bound": words}}


@pytest.mark.parametrize(
    ("value", "bound", "text"),
    [
        (1.75, {"at_least": 2}, r"measured: 1.75 \(claimed: at least 2\), missed by: 0.25"),
        (2.25, {"at_most": 2}, r"claimed: at most 2\), missed by: 0.25"),
        (0.5, {"between": (1, 2)}, r"claimed: between 1 and 2\), missed by: 0.5"),
        (2.5, {"between": (1, 2)}, "missed by: 0.5"),
        (math.nextafter(2, 0), {"at_least": 2}, "missed by: 2.22e-16"),
        (math.nan, {"at_least": 0}, "measured: nan"),
        (math.nan, {"at_most": 0}, "measured: nan"),
        (math.nan, {"between": (0, 1)}, "measured: nan"),
    ],
)
def test_a_claim_that_does_not_hold_stops_and_says_by_how_much(outputs, value, bound, text):
    with pytest.raises(ClaimError, match=f"does not hold: It holds.\n.*{text}"):
        claim("It holds.", value, **bound)
    assert not outputs


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0, "at_most": 2}, {"at_most": 2, "between": (0, 2)}])
def test_a_claim_takes_exactly_one_bound(bounds):
    with pytest.raises(ValueError, match="exactly one of at_least, at_most, between; got"):
        claim("It holds.", 1, **bounds)


def test_a_claim_is_shown_as_text_and_as_a_page(outputs):
    claim("a < b & c", 12345.6, at_least=0.001)
    [(data, _)] = outputs
    assert data["text/plain"] == "✓ a < b & c — measured: 12,346 (at least 0.001)"
    assert "a &lt; b &amp; c" in data["text/html"] and "<b>12,346</b>" in data["text/html"]
    assert set(data) == {"text/plain", "text/html"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(999.4, "999"), (999.7, "1,000"), (1000, "1,000"), (-2500, "-2,500"), (0.00012, "0.00012"), (2e7, "2e+07")],
)
def test_a_measured_value_is_shown_without_needless_exponent(outputs, value, shown):
    claim("It holds.", value, at_least=-1e9)
    assert f"measured: {shown} (" in outputs[0][0]["text/plain"]


def test_recorded_claims_come_back_from_a_notebook_file_in_order(outputs, tmp_path):
    claim("First: größer.", 1, at_least=0)
    claim("Second.", 2, at_most=3)
    first, second = ({"output_type": "display_data", "data": data, "metadata": metadata} for data, metadata in outputs)
    stream = {"output_type": "stream", "name": "stdout", "text": "no claim"}
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [stream, first]}, {"cell_type": "code", "outputs": [second]}]
    file = tmp_path / "notebook.ipynb"
    file.write_text(json.dumps({"cells": cells}, ensure_ascii=False), encoding="utf-8")
    assert recorded_claims(file) == [
        {"statement": "First: größer.", "value": 1.0, "bound": "at least 0"},
        {"statement": "Second.", "value": 2.0, "bound": "at most 3"},
    ]
