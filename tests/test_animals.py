import numpy as np

from helpers.datasets.animals import PARTS, RULES, animals


def test_colour_varies_most_and_the_seed_fixes_the_draw():
    x = animals(4000, seed=1)
    assert x.shape == (4000, len(PARTS))
    np.testing.assert_allclose(x.mean(axis=0), 5, atol=0.2)
    np.testing.assert_allclose(x.std(axis=0), [1, 1, 1, 10 / np.sqrt(12)], rtol=0.05)
    np.testing.assert_array_equal(x, animals(4000, seed=1))


def test_each_rule_looks_at_its_own_parts():
    x = np.array([[6.0, 6, 5, 0], [4, 4, 5, 9]])
    assert RULES["shape"](x).tolist() == [True, False]
    assert RULES["colour"](x).tolist() == [False, True]
