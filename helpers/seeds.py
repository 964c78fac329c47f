"""Where every random number of the course begins, so that one environment variable shifts them all."""

import os


def course_seed(offset=0):
    """The seed for one use of randomness: `offset`, shifted by 1000 times the environment variable COURSE_SEED (default 0).

    A claim has to hold under any shift: `COURSE_SEED=1 make test` runs the course with other seeds throughout.
    """
    shift = os.environ.get("COURSE_SEED", "0")
    if not shift.isdecimal():
        raise ValueError(f"the environment variable COURSE_SEED is {shift!r}; expected a whole number such as 0, 1 or 2.")
    return 1000 * int(shift) + offset
