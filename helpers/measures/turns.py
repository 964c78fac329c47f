"""How far each step turns the weights of a layer, and how long they are."""

import numpy as np
import torch


class Turns:
    """Watches one weight of a replicated network from now on, at each gradient that is computed for it.

    weight: (M, U, I), the weight of a linear layer of a network from replicate(): a row of I numbers for each of U units.

    >>> turns = Turns(network.linears()[1].weight)
    >>> train(network, ..., steps=100)
    >>> turns.degrees().shape                      # (99, M, U)
    """

    def __init__(self, weight):
        if weight.ndim != 3:
            raise ValueError(f"the weight has the shape {tuple(weight.shape)}; expected (copies, units, inputs), as replicate() makes it.")
        self._weight, self._last, self._lengths, self._degrees = weight, None, [], []
        weight.register_hook(self._note)

    def _note(self, _):
        now = self._weight.detach().double()
        self._lengths.append(now.norm(dim=2).numpy())
        directions = now / now.norm(dim=2, keepdim=True)
        if self._last is not None:
            # By the chord and not by the cosine, which loses small angles to rounding.
            half_chord = (directions - self._last).norm(dim=2) / 2
            self._degrees.append(torch.rad2deg(2 * torch.asin(half_chord.clamp(max=1))).numpy())
        self._last = directions

    def lengths(self):
        """(S, M, U) the length of each unit's weights before each of the S steps that were made."""
        return np.array(self._lengths)

    def degrees(self):
        """(S - 1, M, U) the angle between each unit's weights before and after a step; the last step is not seen."""
        return np.array(self._degrees)
