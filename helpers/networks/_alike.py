"""What the side-by-side form cannot follow is refused before anything is stacked."""

import numpy as np
import torch
from torch import nn

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
PLAIN = (bool, int, float, str, tuple, type(None), torch.Size, np.generic)


def check_alike(networks):
    """Raise ValueError unless the networks are of one build, differ in the values of parameters and buffers alone, and share nothing.

    networks: a list of nn.Module. What a layer carries besides its own kind's parameters, buffers and settings (hooks, a
    forward() of its own, more parameters) is refused as well: it would be dropped without a word.
    """
    for network in networks:
        if not isinstance(network, nn.Module):
            raise ValueError(f"make_network() returned {type(network).__name__}; expected a network (an nn.Module). Is a return missing?")
    seen = set()
    for network in networks:  # a ReLU has nothing of its own and may be the same everywhere
        own = set(_places(network))
        if own & seen:
            raise ValueError(
                "make_network() returned the same network, or layers or parameters of it, for several copies; build new ones in it."
            )
        seen |= own
    for network in networks:
        _check_no_sharing(network)
    for same in zip(*(list(network.named_modules()) for network in networks), strict=False):
        name = f"the layer {same[0][0] or '(the whole)'} ({type(same[0][1]).__name__})"
        layers = [layer for _, layer in same]
        _check_carries_nothing_else(layers, name)
        _check_settings(layers, name)
    if len({len(list(network.modules())) for network in networks}) > 1:
        raise ValueError("the copies have different numbers of layers; make_network() has to build the same network each time.")


def _check_no_sharing(network):
    first_names = {}
    for name, module in network.named_modules(remove_duplicate=False):
        first = first_names.setdefault(id(module), name)
        if first != name and [*module.parameters(), *module.buffers()]:
            raise ValueError(f"the layer {first} is used a second time as {name}; replicate cannot share parameters, so make two layers.")
    for names in _places(network).values():
        if len(names) > 1:
            raise ValueError(f"{names[0]} is used a second time as {names[1]}; replicate cannot share parameters or buffers, so make two.")


def _places(network):
    """Where the numbers of each parameter and buffer lie in memory, with the names that use this place."""
    places = {}
    for name, tensor in (*network.named_parameters(remove_duplicate=False), *network.named_buffers(remove_duplicate=False)):
        if tensor.numel():
            kind = "the parameter" if isinstance(tensor, nn.Parameter) else "the buffer"
            places.setdefault(tensor.data_ptr(), []).append(f"{kind} {name}")
    return places


def _check_carries_nothing_else(layers, name):
    for layer in layers:
        if any(getattr(layer, hooks, None) for hooks in HOOKS):
            raise ValueError(f"{name} has a hook (spectral_norm and weight_norm are made of such); replicate would drop it.")
        if any(parameter._backward_hooks for parameter in layer.parameters(recurse=False)):
            raise ValueError(f"{name} has a parameter with a hook; replicate would drop it.")
        if torch.nn.utils.parametrize.is_parametrized(layer):
            raise ValueError(f"{name} has a parametrization (weight_norm, spectral_norm); replicate would drop it.")
        if "forward" in vars(layer):
            raise ValueError(f"{name} has a forward() of its own; replicate would drop it. Write a layer with a side-by-side form.")
        own = {parameter for parameter, _ in layer.named_parameters(recurse=False)} | {
            buffer for buffer, _ in layer.named_buffers(recurse=False)
        }
        known = {"weight", "bias", "running_mean", "running_var", "running_norm", "num_batches_tracked"}
        if own - known:
            raise ValueError(f"{name} carries {', '.join(sorted(own - known))}, which replicate would drop.")


def _check_settings(layers, name):
    first, expected = layers[0], _settings(layers[0])
    for layer in layers[1:]:
        if type(layer) is not type(first):
            raise ValueError(f"copies differ in the kind of {name}: {type(layer).__name__} in another one.")
        found = _settings(layer)
        for setting, value in expected.items():
            other = found.get(setting, "missing")
            if value != other:
                raise ValueError(
                    f"copies differ in {setting} of {name}: {value} and {other}; make_network() has to build the same each time."
                )


def _settings(layer):
    """What has to be the same in all copies: plain settings, mode, and each parameter's shape, number type and whether it is trained."""
    plain = {key: value for key, value in vars(layer).items() if isinstance(value, PLAIN) and not key.startswith("_")}
    tensors = {key: value for key, value in vars(layer).items() if isinstance(value, torch.Tensor | np.ndarray)}
    plain |= {key: np.asarray(value).tolist() for key, value in tensors.items()}
    for name, parameter in layer.named_parameters(recurse=False):
        plain[f"the shape of {name}"] = tuple(parameter.shape)
        plain[f"the number type of {name}"] = parameter.dtype
        plain[f"requires_grad of {name}"] = parameter.requires_grad
    for name, buffer in layer.named_buffers(recurse=False):
        plain[f"the shape of {name}"] = tuple(buffer.shape)
    if getattr(layer, "num_batches_tracked", None) is not None:
        plain["num_batches_tracked"] = int(layer.num_batches_tracked)
    return plain
