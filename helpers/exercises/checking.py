"""What every exercise shares: find its judge, tell correct from wrong and from not attempted, and never raise."""

import copy
import dis
import importlib
import re
import types
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

CORRECT = "correct"
FIT = "Two shapes do not fit. keepdims=True keeps an averaged axis with length 1; gamma[:, None, None] has the shape (C, 1, 1)."
# What a function whose body is only ... or pass is made of.
NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "POP_TOP", "RETURN_VALUE", "COPY_FREE_VARS"}
# How exact an answer can be that was computed in a number type with so many bytes.
EXACT_TO = {2: 1e-2, 4: 2e-4}


class NotAttempted(Exception):
    """The learner has not written anything yet."""


class NotUsable(Exception):
    """An answer of a kind that the exercise does not ask for; the message says what was expected."""


def check(number, answer):
    """Judge the answer to an exercise such as "04.2" and print one line: correct, try again with a hint, or not attempted.

    number: of the exercise, as text. answer: whatever the learner has written.
    Whatever the answer is or does, this never raises and prints text that depends on number and answer alone.
    """
    number, judge = _judge(number)
    if judge is None:
        print(number)
        return
    try:
        verdict = judge(attempted(answer))
    except NotAttempted:
        print(f"Exercise {number}: not attempted yet. Replace the ... and run the cell again.")
    except NotUsable as error:
        print(f"Exercise {number}: try again. {error}")
    except Exception as error:  # the learner's code may stop in any way
        advice = f" {FIT}" if "broadcast" in str(error) else ""
        print(f"Exercise {number}: try again. Your code stopped with {type(error).__name__}: {error}{advice}")
    else:
        print(f"Exercise {number}: correct. Well done." if verdict == CORRECT else f"Exercise {number}: try again. {verdict}")


def attempted(answer):
    """The answer itself, unless it is still the stub's ... or nothing at all."""
    parts = answer if isinstance(answer, tuple | list) else ()
    if answer is None or answer is Ellipsis or any(part is Ellipsis for part in parts) or _does_nothing(answer):
        raise NotAttempted
    return answer


def judge_number(answer, right, hints, otherwise, tolerance=1e-3):
    """CORRECT if answer is right; else the hint of the wrong value that it equals.

    answer: a number, or several where right has several; as Python or NumPy numbers, tensors, fractions, or text.
    hints: pairs (wrong value, hint). otherwise: the hint for any other number.
    tolerance: relative, and absolute near 0. A number that is right to the digits given, at least two, is right as well.
    """
    value = _numbers(answer, np.shape(right))
    if np.allclose(value, right, rtol=tolerance, atol=tolerance * 1e-2):
        return CORRECT
    for candidate, hint in hints:
        if np.allclose(value, candidate, rtol=tolerance, atol=tolerance * 1e-2):
            return hint
    return CORRECT if all(map(_right_to_its_digits, value.ravel(), np.ravel(right))) else otherwise


def judge_choice(answer, right, hints):
    """CORRECT if answer is the letter `right`, in any dress such as "B", "(b)" or "b."; else its hint. hints: {letter: hint}."""
    letter = re.sub(r"[\W_]", "", _plain(str(answer))).lower()
    if letter == right:
        return CORRECT
    return hints.get(letter, f"Answer with one of the letters {', '.join(sorted([right, *hints]))}.")


def judge_function(answer, right, inputs, hints, otherwise, tolerance=1e-6):
    """CORRECT if answer(*case) equals right(*case) for every case of inputs; else the hint of the wrong function it equals.

    hints: pairs (wrong function, hint), tried in order. otherwise: the hint for anything else.
    tolerance: relative and absolute; larger for results in a number type with fewer digits.
    """
    if not callable(answer):
        raise NotUsable(f"Expected a function, got {_described(answer)}.")
    # A copy, because the learner's function may write into its input.
    returned = [answer(*copy.deepcopy(case)) for case in inputs]
    if any(output is None for output in returned):
        raise NotUsable("Your function returned None. Is a return missing at its end?")
    expected = [_as_arrays(right(*case)) for case in inputs]
    outputs = [_as_arrays(attempted(output), parts=len(wanted)) for output, wanted in zip(returned, expected, strict=True)]
    for got, wanted in zip(outputs, expected, strict=True):
        if [g.shape for g in got] != [w.shape for w in wanted]:
            return f"The shape is not right: expected {[w.shape for w in wanted]}, got {[g.shape for g in got]}."
    for candidate, verdict in [(right, CORRECT), *hints]:
        wanted = [_as_arrays(candidate(*case)) for case in inputs]
        if all(_same(g, w, tolerance) for g, w in zip(outputs, wanted, strict=True)):
            return verdict
    return otherwise


def _judge(number):
    """(number, its judge); or (a line that says which exercises there are, None)."""
    asked = _plain(str(number)).strip()
    if found := re.fullmatch(r"(\d{1,2})\.(\d+)", asked):
        asked = f"{int(found[1]):02d}.{found[2]}"
    notebook = asked[:2]
    try:
        judges = importlib.import_module(f"helpers.exercises.nb{notebook}").JUDGES
    except ImportError:
        notebooks = sorted(path.stem[2:] for path in Path(__file__).parent.glob("nb*.py"))
        return (
            f'There is no exercise {number!r}. Exercises belong to the notebooks {", ".join(notebooks)}, such as check("04.1", answer).',
            None,
        )
    if asked not in judges:
        return f"There is no exercise {number!r}. Those of notebook {notebook} are {', '.join(judges)}.", None
    return asked, judges[asked]


def _plain(text):
    """Text with full-width letters, digits and brackets of East Asian keyboards made ordinary."""
    return unicodedata.normalize("NFKC", text).replace("−", "-")


def _does_nothing(answer):
    """True for a function whose body is still ... or pass."""
    if not isinstance(answer, types.FunctionType):
        return False
    return all(
        step.opname in NOTHING and step.argval in (None, Ellipsis, 0) for step in dis.get_instructions(answer) if step.opname != "RESUME"
    )


def _numbers(answer, shape):
    """The answer as a float array of the shape asked for; one number may come in brackets."""
    asked = "one number" if shape == () else f"{shape[0]} numbers" if len(shape) == 1 else f"an array of shape {shape}"
    if callable(answer) and not hasattr(answer, "__array__"):
        raise NotUsable(f"Expected {asked}, got a function. Call it, and give what it returns.")
    parts = answer if isinstance(answer, tuple | list) else [answer] if isinstance(answer, str) else None
    try:
        value = _array([_number(part) if isinstance(part, str) else part for part in parts] if parts is not None else answer)
        if value.dtype.kind not in "biufO" or value.dtype.kind == "O" and any(isinstance(part, complex) for part in value.ravel()):
            raise TypeError
        value = value.astype(float)
    except (ValueError, TypeError):
        raise NotUsable(f"Expected {asked}, got {answer!r}.") from None
    if value.shape != shape and value.size == 1 and shape == ():
        value = value.reshape(())
    if value.shape != shape:
        raise NotUsable(f"Expected {_described(np.empty(shape))}, got {_described(value)}.")
    return value


def _number(text):
    """A number from text such as "0.25", "1/4" or "0,25"."""
    text = _plain(text).strip()
    try:
        return float(Fraction(text))
    except (ValueError, ZeroDivisionError):
        return float(re.sub(r"^([+-]?\d+),(\d+)$", r"\1.\2", text))


def _right_to_its_digits(value, right):
    """True if value is right, rounded to as many digits as it has itself, and these are at least two."""
    if not np.isfinite(value):
        return False
    written = str(np.float32(value)) if np.float32(value) == value else repr(float(value))  # 0.27 in float32 has two digits, too
    _, digits, exponent = Decimal(written).normalize().as_tuple()
    if float(value).is_integer():
        digits, exponent = tuple(str(abs(int(value)))), 0
    return len(digits) >= 2 and abs(Decimal(float(value)) - Decimal(float(right))) <= Decimal("0.5000001") * Decimal(10) ** exponent


def _array(values):
    """values as an array; tensors are taken off their graph."""
    if isinstance(values, tuple | list):
        return np.asarray([_array(value) for value in values])
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _as_arrays(output, parts=None):
    """The parts that a function returned, as arrays: one, or those of a tuple; a list of as many parts as are asked for passes as one."""
    several = isinstance(output, tuple) or (isinstance(output, list) and parts not in (None, 1) and len(output) == parts)
    arrays = [_array(part) for part in (output if several else (output,))]
    for array in arrays:
        if array.dtype.kind not in "biuf":
            raise NotUsable(f"Your function returned {output!r}; expected numbers.")
    return arrays


def _same(got, wanted, tolerance):
    return len(got) == len(wanted) and all(_equal(g, w, tolerance) for g, w in zip(got, wanted, strict=True))


def _equal(got, wanted, tolerance):
    if got.shape != wanted.shape:
        return False
    near = max(tolerance, EXACT_TO.get(got.dtype.itemsize, 0) if got.dtype.kind == "f" else 0)
    return np.allclose(got.astype(float), wanted.astype(float), rtol=near, atol=near)


def _described(value):
    array = _array(value) if not callable(value) else np.empty(())
    return "one number" if array.ndim == 0 else f"an array of shape {array.shape}"
