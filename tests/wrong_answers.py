"""Typical wrong answers to the exercises, and the hint that each of them has to get.

WRONG["04.1"] is a list of pairs (code, fragment): the code stands for what a learner writes into the exercise's cell, and
the fragment is a part of the hint that check() must then print. Every exercise has at least one pair.
"""

WRONG = {
    "00.1": [("answer = 32", "both curves together"), ("answer = 1", "One network proves nothing")],
    "01.1": [("answer = 2 / 0.5", "2/λmin"), ("answer = 1 / 8", "1/λmax"), ("answer = 7", "between −1 and 1")],
    "01.2": [
        (
            """
def standardize(train, test):
    return (train - train.mean(0)) / train.std(0), (test - test.mean(0)) / test.std(0)
""",
            "gave the test set its own",
        ),
        (
            """
def standardize(train, test):
    both = np.vstack([train, test])
    return (train - both.mean(0)) / both.std(0), (test - both.mean(0)) / both.std(0)
""",
            "not there when the model is made",
        ),
        (
            """
def standardize(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()
""",
            "Each feature has its own",
        ),
        (
            """
def standardize(train, test):
    return (train - train.mean(0)) / train.var(0), (test - train.mean(0)) / train.var(0)
""",
            "divided by the variance",
        ),
    ],
    "01.3": [('answer = "a"', "What happens to σ"), ('answer = "z"', "one of the letters")],
    "04.1": [("answer = 1.0", "That is x̂"), ("answer = 2 * 3 / np.sqrt(12) + 1", "divided the squared deviations by 3")],
    "04.2": [
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((1, 2, 3), keepdims=True), x.var((1, 2, 3), keepdims=True)
    return gamma[:, None, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None, None]
""",
            "That is LayerNorm",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean(0), x.var(0)
    return gamma[:, None, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None, None]
""",
            "over the examples only",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, sd = x.mean((0, 2, 3), keepdims=True), x.std((0, 2, 3), keepdims=True)
    return gamma[:, None, None] * (x - mu) / (sd + eps) + beta[:, None, None]
""",
            "outside the root",
        ),
    ],
    "04.3": [('answer = "c"', "cannot notice the others")],
}
