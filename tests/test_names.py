import pytest

from tests.names import names


@pytest.mark.parametrize(
    ("source", "read", "bound"),
    [
        ("x = y + 1", {"y"}, {"x"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("x = 1\ny = x", set(), {"x", "y"}),
        ("x += 1", {"x"}, {"x"}),
        ("x[0] = 1", {"x"}, set()),
        ("for k in rows:\n    a = k\n    b = a", {"rows"}, {"k", "a", "b"}),
        ("for ax in axes:\n    ax.plot(z)\nax.set()", {"axes", "z"}, {"ax"}),
        ("fig, ax = plt.subplots()\nax.plot(x)", {"plt", "x"}, {"fig", "ax"}),
        ("[k + z for k in rows if k > low]", {"rows", "z", "low"}, set()),
        ("{k: v for k in a for v in k}", {"a"}, set()),
        ("def f(x, n=m):\n    y = x + z\n    return y", {"z", "m"}, {"f"}),
        ("def f(n):\n    return f(n - 1)", set(), {"f"}),
        ("g = lambda x, k=k: x + k + z", {"k", "z"}, {"g"}),
        ("with torch.no_grad() as t:\n    a = t", {"torch"}, {"t", "a"}),
        ("try:\n    f()\nexcept ValueError as error:\n    print(error)", {"f"}, set()),
        ("from a.b import c as d\nimport e.f", set(), {"d", "e"}),
        ("print(len(x))", {"x"}, set()),
        ("class A(B):\n    k = z", {"B", "z"}, {"A"}),
        ("answer = ...\ncheck('01.1', answer)", {"check"}, {"answer"}),
    ],
)
def test_names_that_a_cell_reads_and_binds(source, read, bound):
    found = names(source)
    assert (found.read, found.bound) == (read, bound)
