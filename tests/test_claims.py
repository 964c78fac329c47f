import json
import math

import numpy as np
import pytest
import torch

from helpers.page import ClaimError, claim, claims, guard, recorded_claims


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


def test_a_claim_is_a_sentence_with_its_number_and_a_small_bound(outputs):
    claim("With a < b & {{c}}, it is {:,.1f} times lower.", 12345.67, at_least=0.001)
    [(data, metadata)] = outputs
    assert data["text/plain"] == "✓ With a < b & {c}, it is 12,345.7 times lower. (checked: at least 0.001)"
    assert 'With a &lt; b &amp; {c}, it is <b class="measured">12,345.7</b> times lower. <small' in data["text/html"]
    assert "(checked: at least 0.001)</small>" in data["text/html"]
    assert set(data) == {"text/plain", "text/html"}
    assert metadata["claim"]["value"] == 12345.67


@pytest.mark.parametrize(
    "sentence", ["From {} to {}.", "It is {value}.", "It is {0}.", "It is {:q}.", "It is {:d}.", "It is {", "It is }."]
)
def test_a_sentence_that_cannot_hold_one_number_is_refused(outputs, sentence):
    with pytest.raises(ValueError, match="cannot be used: .*Write one field for the number"):
        claim(sentence, 1.5, at_least=0)
    assert not outputs


def test_a_statement_without_a_field_has_the_number_behind_it(outputs):
    claim("It holds", 1.5, at_least=1)
    assert outputs[0][0]["text/plain"] == "✓ It holds — measured: 1.5 (checked: at least 1)"


@pytest.mark.parametrize(
    "value",
    [2, np.float32(2), np.int64(2), np.array(2.0), np.array([2]), np.array([[2.0]]), torch.tensor([2.0], requires_grad=True), True + True],
)
def test_one_real_number_in_any_wrapping_is_taken(outputs, value):
    claim("It is {:.0f}.", value, between=(2, 2))
    assert outputs[0][0]["text/plain"].startswith("✓ It is 2. ")


@pytest.mark.parametrize("value", [[1, 2], np.ones(3), torch.ones(2), [], 1 + 0j, np.complex64(1), "2", None, np.array("2")])
@pytest.mark.parametrize("check", [claim, guard])
def test_what_is_not_one_real_number_is_refused(outputs, check, value):
    with pytest.raises(ValueError, match="as the value; expected one real number"):
        check("It is {}.", value, at_least=0)


@pytest.mark.parametrize("limit", [math.nan, math.inf, -math.inf, "1", 1j, np.nan, torch.tensor(math.nan)])
@pytest.mark.parametrize("bound", ["at_least", "at_most", "low", "high"])
def test_a_bound_that_is_no_finite_number_is_refused(outputs, bound, limit):
    bounds = {"low": {"between": (limit, 1)}, "high": {"between": (0, limit)}}.get(bound, {bound: limit})
    with pytest.raises(ValueError, match="expected a finite number"):
        claim("It is {}.", 0.5, **bounds)


@pytest.mark.parametrize(
    ("between", "says"), [((2, 1), "must not be larger"), ((1, 2, 3), "expected a pair"), (1, "expected a pair"), ("12", "a pair")]
)
def test_a_reversed_or_incomplete_pair_is_refused(outputs, between, says):
    with pytest.raises(ValueError, match=says):
        claim("It is {}.", 1.5, between=between)


def test_a_guard_shows_nothing_and_is_kept(outputs, monkeypatch):
    monkeypatch.setattr(claims, "GUARDS", [])
    guard("The copies agree.", 1e-9, at_most=1e-6)
    assert not outputs
    assert claims.GUARDS == [(None, {"statement": "The copies agree.", "value": 1e-9, "bound": "at most 1e-06", "guard": True})]


def test_a_guard_that_fails_stops_as_a_claim_does(outputs):
    with pytest.raises(ClaimError, match="does not hold: The copies agree.\n  measured: 1 .*missed by: 1"):
        guard("The copies agree.", 1, at_most=0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(999.4, "999"), (999.7, "1,000"), (1000, "1,000"), (-2500, "-2,500"), (0.00012, "0.00012"), (2e7, "2e+07")],
)
def test_a_measured_value_is_shown_without_needless_exponent(outputs, value, shown):
    claim("It holds.", value, at_least=-1e9)
    assert f"measured: {shown} (checked" in outputs[0][0]["text/plain"]


def test_recorded_claims_come_back_from_a_notebook_file_in_order(outputs, tmp_path):
    claim("First: größer.", 1, at_least=0)
    claim("Second.", 2, at_most=3)
    first, second = ({"output_type": "display_data", "data": data, "metadata": metadata} for data, metadata in outputs)
    stream = {"output_type": "stream", "name": "stdout", "text": "no claim"}
    kept = {"statement": "Third.", "value": 0.0, "bound": "at most 1", "guard": True}
    cells = [
        {"cell_type": "markdown", "metadata": {}},
        {"cell_type": "code", "metadata": {"guards": [kept]}, "outputs": [stream, first]},
        {"cell_type": "code", "metadata": {}, "outputs": [second]},
    ]
    file = tmp_path / "notebook.ipynb"
    file.write_text(json.dumps({"cells": cells}, ensure_ascii=False), encoding="utf-8")
    assert recorded_claims(file) == [
        {"statement": "First: größer.", "value": 1.0, "bound": "at least 0"},
        kept,
        {"statement": "Second.", "value": 2.0, "bound": "at most 3"},
    ]
