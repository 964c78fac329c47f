"""Typical wrong answers to the exercises, and the hint that each of them has to get.

WRONG["04.1"] is a list of pairs (code, fragment): the code stands for what a learner writes into the exercise's cell, and
the fragment is a part of the hint that check() must then print. Every exercise has at least one pair.
"""

WRONG = {
    "00.1": [("answer = 0.5 * 0.4", "once more"), ("answer = 0.032", "two steps"), ("answer = -0.3", "nothing is subtracted")],
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
    "03.1": [("answer = 2.5", "Divide it by the standard"), ("answer = 3", "larger by 1, not smaller"), ("answer = -5", "no sign")],
    "03.2": [('answer = "a"', "much simpler reason"), ('answer = "e"', "one of the letters")],
    "03.3": [("answer = 2.5", "has to cancel it"), ("answer = -5", "0.5, not 1")],
    "04.1": [("answer = 1.0", "That is x̂"), ("answer = 2 * 3 / np.sqrt(12) + 1", "divided the squared deviations by 3")],
    "04.2": [
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
    return gamma[:, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None]
""",
            "That is LayerNorm",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean(0), x.var(0)
    return gamma[:, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None]
""",
            "over the examples only",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, sd = x.mean((0, 2), keepdims=True), x.std((0, 2), keepdims=True)
    return gamma[:, None] * (x - mu) / (sd + eps) + beta[:, None]
""",
            "outside the root",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((0, 2), keepdims=True), x.var((0, 2), keepdims=True)
    return gamma[:, None] * (x - mu) / (var + eps) + beta[:, None]
""",
            "divide by the variance",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((0, 2)), x.var((0, 2))
    return gamma[:, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None]
""",
            "keepdims=True is missing",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((0, 2), keepdims=True), x.var((0, 2), keepdims=True)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta
""",
            "gamma[:, None] has shape",
        ),
        (
            """
def my_batch_norm(x, gamma, beta, eps=1e-5):
    mu, var = x.mean((0, 2), keepdims=True), x.var((0, 2), keepdims=True)
    y = gamma[:, None] * (x - mu) / np.sqrt(var + eps) + beta[:, None]
""",
            "Is a return missing",
        ),
    ],
    "05.1": [
        ("answer = 2 / 3 * (5 / 3) * 9 / 4", "path by μ is missing"),
        ("answer = -2 / 3 * 9 / 4", "path by σ² is missing"),
        ("answer = 2 / 3 * (-9 + 5 / 3 * 9)", "They are means"),
        ("answer = 0", "is in μ and in σ"),
    ],
    "05.2": [
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    return gamma / sigma * dy, (dy * x_hat).sum(0), dy.sum(0)
""",
            "takes μ and σ for constants",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    dz = gamma / sigma * (dy - x_hat * (dy * x_hat).mean(0))
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "path by μ is missing",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    return gamma / sigma * (dy - dy.mean(0)), (dy * x_hat).sum(0), dy.sum(0)
""",
            "path by σ² is missing",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    dgamma, dbeta = (dy * x_hat).sum(0), dy.sum(0)
    return gamma / sigma * (dy - dbeta - x_hat * dgamma), dgamma, dbeta
""",
            "you subtract sums",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    dz = (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0)) / sigma
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "γ is missing",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
    dz = gamma / np.sqrt(sigma) * (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0))
    return dz, (dy * x_hat).sum(0), dy.sum(0)
""",
            "the root √(σ² + ε) already",
        ),
        (
            """
def batch_norm_backward(dy, x_hat, sigma, gamma):
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
    "07.1": [
        ("answer = 31 / 2.1", "Take batch norm alone out"),
        ("answer = 31 / 13.3", "That is batch norm alone"),
        ("answer = 2.1 / 13.3", "Upside down"),
    ],
    "07.2": [('answer = "a"', "need not suit both"), ('answer = "c"', "Were they the best settings")],
    "07.3": [
        (
            """
def predicted_and_true(w, x, rate):
    y, gradient = x * w.prod(), x * w.prod() / w
    return rate * (gradient**2).sum(), sum(rate * gradient * gradient)
""",
            "one factor at a time",
        ),
        (
            """
def predicted_and_true(w, x, rate):
    y = x * w.prod()
    gradient = np.full(len(w), y)
    return rate * (gradient**2).sum(), y - x * (w - rate * gradient).prod()
""",
            "leaves wk out",
        ),
        (
            """
def predicted_and_true(w, x, rate):
    y = x * w.prod()
    gradient = y / w
    return (gradient**2).sum(), y - x * (w - rate * gradient).prod()
""",
            "rate times the squared length",
        ),
        (
            """
def predicted_and_true(w, x, rate):
    y = x * w.prod()
    gradient = y / w
    return rate * (gradient**2).sum(), x * (w - rate * gradient).prod() - y
""",
            "before minus y after",
        ),
    ],
    "08.1": [
        ("answer = 4 + 2 * 9", "the rate too"),
        ("answer = 4 + 9", "left the rate out"),
        ("answer = (2 + 6) ** 2", "added the lengths"),
    ],
    "08.2": [('answer = "b"', "a third as long"), ('answer = "d"', "longer already")],
    "08.3": [
        (
            """
def rates_without_decay(rate, decay, steps):
    return rate * (1 - rate * decay) ** -(2.0 * np.arange(steps))
""",
            "One factor is missing",
        ),
        (
            """
def rates_without_decay(rate, decay, steps):
    return rate * (1 - rate * decay) ** -(1.0 * np.arange(steps))
""",
            "So the square",
        ),
        (
            """
def rates_without_decay(rate, decay, steps):
    return rate * (1 - rate * decay) ** (2 * np.arange(steps) + 1)
""",
            "These rates fall",
        ),
    ],
    "09.1": [("answer = 0.1", "spread at the centre"), ("answer = 0.03", "That is the variance"), ("answer = 0.2", "It is (κ − 1)/4")],
    "09.2": [('answer = "a"', "Each forward pass sees 32"), ('answer = "d"', "count the examples that enter one update")],
    "09.3": [
        (
            """
def x_hat_in_groups(z, group, eps=1e-5):
    return (z - z.mean(0)) / np.sqrt(z.var(0) + eps)
""",
            "batch norm over all examples",
        ),
        (
            """
def x_hat_in_groups(z, group, eps=1e-5):
    parts = z.reshape(group, -1, z.shape[1])
    return ((parts - parts.mean(0)) / np.sqrt(parts.var(0) + eps)).reshape(z.shape)
""",
            "groups are interleaved",
        ),
        (
            """
def x_hat_in_groups(z, group, eps=1e-5):
    parts = z.reshape(-1, group, z.shape[1])
    mu, var = parts.mean((1, 2), keepdims=True), parts.var((1, 2), keepdims=True)
    return ((parts - mu) / np.sqrt(var + eps)).reshape(z.shape)
""",
            "average over the channels too",
        ),
    ],
    "10.1": [
        ("answer = 1.3", "after the first batch"),
        ("answer = 0.1 * (0.1 * 1 + 0.9 * 4) + 0.9 * 4", "as a Keras momentum of 0.1 would"),
        ("answer = 0.76", "You started at 0"),
        ("answer = 4", "gets there only slowly"),
    ],
    "10.2": [('answer = "b"', "the first pass would have helped"), ('answer = "d"', "its own training pictures")],
    "10.3": [
        (
            """
def combine(means, variances, counts):
    weights = counts / counts.sum()
    return (weights * means).sum(), (weights * variances).sum()
""",
            "between the batches is missing",
        ),
        (
            """
def combine(means, variances, counts):
    return means.mean(), variances.mean() + means.var()
""",
            "differ in size",
        ),
        (
            """
def combine(means, variances, counts):
    return means.mean(), variances.mean()
""",
            "Two things",
        ),
    ],
    "11.1": [('answer = "a"', "stored from the old pictures"), ('answer = "c"', "needs labels"), ('answer = "d"', "the dearest")],
    "11.2": [("answer = 43", "still above 1 %"), ("answer = 10", "a tenth of what is left"), ("answer = 2", "leaves 0.9")],
    "11.3": [
        (
            """
def insured(mean, var, z):
    share = 16 / (len(z) + 16)
    return (1 - share) * mean + share * z.mean(axis=0), (1 - share) * var + share * z.var(axis=0)
""",
            "weights are exchanged",
        ),
        (
            """
def insured(mean, var, z):
    share = len(z) / (len(z) + 16)
    sd = (1 - share) * np.sqrt(var) + share * z.std(axis=0)
    return (1 - share) * mean + share * z.mean(axis=0), sd**2
""",
            "not the standard deviations",
        ),
        (
            """
def insured(mean, var, z):
    share = len(z) / (len(z) + 16)
    return (1 - share) * mean + share * z.mean(axis=0), (1 - share) * var + share * z.var(axis=0, ddof=1)
""",
            "Divide by n here",
        ),
    ],
    "12.1": [
        ("mean_in_front, st_dev_in_front = 7, 2\nmean_behind, st_dev_behind = 0, 1", "exchanged the two places"),
        ("mean_in_front, st_dev_in_front = 0, 1\nmean_behind, st_dev_behind = 0, 1", "nothing removes the shift"),
        ("mean_in_front, st_dev_in_front = 0, 1\nmean_behind, st_dev_behind = 13, 2.828", "values that batch norm has made"),
    ],
    "12.2": [('answer = "a"', "subtracts the mean"), ('answer = "b"', "divides by it"), ('answer = "d"', "common to all examples")],
    "13.1": [("answer = 3", "Add β"), ("answer = 1", "That is x̂"), ("answer = 23", "did not divide by σ")],
    "13.2": [('answer = "a"', "Had the size been lost"), ('answer = "c"', "Which of the two numbers"), ('answer = "d"', "With a leak")],
    "13.3": [
        (
            """
def masked_batch_norm(x, real, eps=1e-5):
    mu, var = x.mean(axis=(0, 2), keepdims=True), x.var(axis=(0, 2), keepdims=True)
    return (x - mu) / np.sqrt(var + eps) * real[:, None, :]
""",
            "counts the padding in the mean and the variance",
        ),
        (
            """
def masked_batch_norm(x, real, eps=1e-5):
    mask = real[:, None, :]
    mu = (x * mask).sum(axis=(0, 2), keepdims=True) / mask.sum()
    var = ((x - mu) ** 2 * mask).sum(axis=(0, 2), keepdims=True) / mask.sum()
    return (x - mu) / np.sqrt(var + eps)
""",
            "Set the padding to zero afterwards",
        ),
    ],
    "14.1": [("answer = 2", "That is within"), ("answer = 4", "That is between"), ("answer = 18", "square of their distance")],
    "14.2": [('answer = "c"', "That would be SyncBN"), ('answer = "d"', "batch of the step"), ('answer = "b"', "one after the other")],
    "15.1": [('answer = "a"', "both are learned"), ('answer = "b"', "β and |γ|"), ('answer = "d"', "removes what a bias")],
    "15.2": [("answer = 150 / 12", "all three changes"), ("answer = 12 / 30", "Upside down"), ("answer = 18", "by dividing")],
}
