"""What every exercise shares: find its judge, tell correct from wrong and from not attempted, and never raise."""

import copy
import importlib

import numpy as np

CORRECT = "correct"


class NotAttempted(Exception):
    """The learner has not written anything yet."""


def check(number, answer):
    """Judge the answer to an exercise such as "04.2" and print one line: correct, try again with a hint, or not attempted.

    Whatever the answer is or does, this never raises and prints text that depends on the answer alone.
    """
    judge = importlib.import_module(f"helpers.exercises.nb{number[:2]}").JUDGES[number]
    try:
        verdict = judge(attempted(answer))
    except NotAttempted:
        print(f"Exercise {number}: not attempted yet. Replace the ... and run the cell again.")
    except Exception as error:  # the learner's code may stop in any way
        print(f"Exercise {number}: try again. Your code stopped with {type(error).__name__}: {error}")
    else:
        print(f"Exercise {number}: correct. Well done." if verdict == CORRECT else f"Exercise {number}: try again. {verdict}")


def attempted(answer):
    """The answer itself, unless it is still the stub's ... or nothing at all."""
    if answer is None or answer is Ellipsis or (isinstance(answer, tuple) and any(part is Ellipsis for part in answer)):
        raise NotAttempted
    return answer


def judge_number(answer, right, hints, otherwise, tolerance=1e-3):
    """CORRECT if answer is within tolerance of right (relative, and absolute near 0); else the hint of the wrong value it equals.

    hints: pairs (wrong value, hint); otherwise: the hint for any other number.
    """
    value = np.asarray(answer, dtype=float)
    if value.shape != np.shape(right):
        return f"Expected {_described(right)}, got {_described(value)}."
    for candidate, verdict in [(right, CORRECT), *hints]:
        if np.allclose(value, candidate, rtol=tolerance, atol=tolerance * 1e-2):
            return verdict
    return otherwise


def judge_choice(answer, right, hints):
    """CORRECT if answer is the letter `right`; else the hint for the letter. hints: a dictionary letter -> hint."""
    letter = str(answer).strip().strip("()").lower()
    if letter == right:
        return CORRECT
    return hints.get(letter, f"Answer with one of the letters {', '.join(sorted([right, *hints]))}.")


def judge_function(answer, right, inputs, hints, otherwise, tolerance=1e-6):
    """CORRECT if answer(*case) equals right(*case) for every case of inputs; else the hint of the wrong function it equals.

    hints: pairs (wrong function, hint), tried in order; otherwise: the hint for anything else.
    """
    if not callable(answer):
        return f"Expected a function, got {_described(answer)}."
    # A copy, because the learner's function may write into its input.
    outputs = [_as_arrays(attempted(answer(*copy.deepcopy(case)))) for case in inputs]
    expected = [_as_arrays(right(*case)) for case in inputs]
    for got, wanted in zip(outputs, expected, strict=True):
        if [g.shape for g in got] != [w.shape for w in wanted]:
            return f"The shape is not right: expected {[w.shape for w in wanted]}, got {[g.shape for g in got]}."
    for candidate, verdict in [(right, CORRECT), *hints]:
        wanted = [_as_arrays(candidate(*case)) for case in inputs]
        if all(_same(g, w, tolerance) for g, w in zip(outputs, wanted, strict=True)):
            return verdict
    return otherwise


def _as_arrays(output):
    return [np.asarray(part, dtype=float) for part in (output if isinstance(output, tuple) else (output,))]


def _same(got, wanted, tolerance):
    pairs = zip(got, wanted, strict=True)
    return all(g.shape == w.shape and np.allclose(g, w, rtol=tolerance, atol=tolerance) for g, w in pairs)


def _described(value):
    array = np.asarray(value) if not callable(value) else np.empty(())
    return "one number" if array.ndim == 0 else f"an array of shape {array.shape}"
