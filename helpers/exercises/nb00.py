"""Judge for notebook 00, start here."""

from helpers.exercises.checking import judge_number


def spread_in_layer_three(answer):
    """sigma = 0.5 in the first layer, multiplied by 0.4 per layer: sigma in the third."""
    hints = [
        (0.2, "That is the second layer. Multiply by 0.4 once more."),
        (0.5 * 0.4**3, "That is the fourth layer. From the first to the third there are two steps."),
        (0.5 - 2 * 0.4, "σ is multiplied by 0.4 in each layer; nothing is subtracted."),
        (0.4**3, "Start with 0.5, the σ of the first layer, and multiply by 0.4 twice."),
    ]
    return judge_number(answer, 0.5 * 0.4**2, hints, "Start with 0.5. Multiply by 0.4 for layer two, and again for layer three.")


JUDGES = {"00.1": spread_in_layer_three}
