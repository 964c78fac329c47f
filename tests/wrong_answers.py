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
    "02.1": [('answer = "c"', "another diagnosis"), ('answer = "a"', "look different from before")],
    "02.2": [
        ("answer = 0.9", "share of cats that are recognized"),
        ("answer = 0.9 / 0.95", "where half of the pictures are cats"),
        ("answer = 0.018", "Divide by all answers"),
    ],
    "02.3": [
        (
            """
def weights(train_coats, test_coats):
    return np.array([(test_coats == c).sum() / (train_coats == c).sum() for c in train_coats])
""",
            "divided counts",
        ),
        (
            """
def weights(train_coats, test_coats):
    return np.array([(test_coats == c).mean() for c in train_coats])
""",
            "That is p_test",
        ),
        (
            """
def weights(train_coats, test_coats):
    with np.errstate(divide="ignore"):
        return np.array([(train_coats == c).mean() / (test_coats == c).mean() for c in train_coats])
""",
            "upside down",
        ),
    ],
    "03.1": [("answer = 13", "drift by distance"), ("answer = 2", "does not count stretching"), ("answer = 5.9", "drift by moments")],
    "03.2": [('answer = "a"', "much simpler reason"), ('answer = "e"', "one of the letters")],
    "03.3": [
        (
            """
def order(before, after):
    return np.corrcoef(before, after)[0, 1]
""",
            "The drift is 1 minus it",
        ),
        (
            """
def order(before, after):
    b, a = np.sort(before), np.sort(after)
    return 1 - np.corrcoef(b, a)[0, 1]
""",
            "keep each picture in its place",
        ),
        (
            """
def order(before, after):
    return 1 - ((before - before.mean()) * (after - after.mean())).mean()
""",
            "minus the covariance",
        ),
    ],
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
    "05.1": [
        ("answer = 2 / 3 * (5 / 3) * 9 / 4", "path by μ is missing"),
        ("answer = -2 / 3 * 9 / 4", "path by σ² is missing"),
        ("answer = 2 / 3 * (-9 + 5 / 3 * 9)", "They are means"),
        ("answer = 0", "is in μ and in σ"),
    ],
    "05.2": [('answer = "a"', "along which directions"), ('answer = "d"', "Two directions do not pass")],
    "05.3": [
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    return gamma / sigma * dy, (dy * x_hat).sum(0), dy.sum(0)
""",
            "takes μ and σ for constants",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    dz = gamma / sigma * (dy - x_hat * (dy * x_hat).mean(0))
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "path by μ is missing",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    return gamma / sigma * (dy - dy.mean(0)), (dy * x_hat).sum(0), dy.sum(0)
""",
            "path by σ² is missing",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    dgamma, dbeta = (dy * x_hat).sum(0), dy.sum(0)
    return gamma / sigma * (dy - dbeta - x_hat * dgamma), dgamma, dbeta
""",
            "you subtract sums",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    dz = (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0)) / sigma
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "γ is missing",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    dz = gamma / np.sqrt(sigma) * (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0))
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "the root √(σ² + ε) already",
        ),
        (
            """
def my_backward(dy, x_hat, sigma, gamma):
    dz = gamma / sigma * (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0))
    return dz, (dy * x_hat).mean(0), dy.mean(0)
""",
            "are sums over the batch",
        ),
    ],
    "06.1": [
        ("gamma, beta = np.sqrt(8), -2.0", "left ε out"),
        ("gamma, beta = 9, -2", "has to be that root"),
        ("gamma, beta = 3, 2", "look at its sign"),
        ("gamma, beta = 1, 0", "the output is x̂"),
    ],
    "06.2": [('answer = "a"', "β is frozen"), ('answer = "d"', "Two numbers are held")],
    "06.3": [
        (
            """
def without_gamma(gamma, beta, V):
    return beta, gamma[:, None] * V
""",
            "β changes too",
        ),
        (
            """
def without_gamma(gamma, beta, V):
    return beta / gamma, gamma * V
""",
            "a row of V",
        ),
        (
            """
def without_gamma(gamma, beta, V):
    return beta / gamma, V
""",
            "still missing",
        ),
    ],
}
