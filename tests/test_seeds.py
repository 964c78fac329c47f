import pytest

from helpers.seeds import course_seed


def test_the_seed_is_the_offset_when_the_environment_says_nothing(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    assert (course_seed(), course_seed(7)) == (0, 7)


def test_the_environment_shifts_every_seed_by_a_thousand(monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "2")
    assert (course_seed(), course_seed(7)) == (2000, 2007)


@pytest.mark.parametrize("shift", ["", "-1", "1.5", "one", " 1", "²"])
def test_a_shift_that_is_no_whole_number_is_refused(monkeypatch, shift):
    monkeypatch.setenv("COURSE_SEED", shift)
    with pytest.raises(ValueError, match="COURSE_SEED is .*expected a whole number"):
        course_seed()
