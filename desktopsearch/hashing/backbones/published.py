"""Weights in a file that a person has: a state dict as torchvision publishes it, or safetensors.

Nothing but tensors is ever unpickled. What does not fit is told by the first names.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.registry import backbone_named
from desktopsearch.hashing.backbones.weights import own_names, with_state

_FIRST_NAMES = 3
# Files that are older than this counter lack it, and nothing that is computed depends on it.
_DISPENSABLE = "num_batches_tracked"


def load_published(name: str, path: Path) -> Backbone:
    """Return a backbone with the weights of a file, in evaluation mode on the CPU.

    Args:
        name: Its name in the registry.
        path: ``.safetensors``, or what ``torch.save`` made of a state dict; the classifier in it
            is dropped.

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN, QUERY_NOT_FOUND, WEIGHTS_UNREADABLE,
            WEIGHTS_DO_NOT_FIT.
    """
    network = backbone_named(name)
    state = own_names(network, _read(path))
    differences = list(islice(_differences(network, state), _FIRST_NAMES))
    if differences:
        raise DesktopSearchError(
            ProblemCode.WEIGHTS_DO_NOT_FIT,
            path=str(path),
            backbone=name,
            differences="; ".join(differences),
        )
    return with_state(name, state)


def _read(path: Path) -> Mapping[str, torch.Tensor]:
    try:
        if path.suffix == ".safetensors":
            state = safetensors.torch.load(path.read_bytes())
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise DesktopSearchError(ProblemCode.QUERY_NOT_FOUND, path=str(path)) from error
    except pickle.UnpicklingError as error:
        raise _unreadable(path, "there is more in it, or something else") from error
    except (OSError, RuntimeError, EOFError, ValueError, SafetensorError) as error:
        raise _unreadable(path, (str(error) or "it is cut off").splitlines()[0]) from error
    if not isinstance(state, Mapping):
        raise _unreadable(path, f"it holds a {type(state).__name__}")
    for name, held in state.items():
        if not isinstance(held, torch.Tensor):
            raise _unreadable(path, f"{name} is a {type(held).__name__}")
        if not torch.isfinite(held).all():
            raise _unreadable(path, f"{name} holds values that are no numbers")
    return state


def _differences(network: Backbone, state: Mapping[str, torch.Tensor]) -> Iterator[str]:
    wanted = network.state_dict()
    for name, held in wanted.items():
        shown = name.removeprefix(network.prefix)
        if name not in state:
            if not name.endswith(_DISPENSABLE):
                yield f"{shown} is missing"
        elif state[name].shape != held.shape:
            yield f"{shown} is {_shape(state[name])}, not {_shape(held)}"
    for name in state:
        if name not in wanted:
            yield f"{name.removeprefix(network.prefix)} is unknown"


def _shape(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "one number"


def _unreadable(path: Path, reason: str) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.WEIGHTS_UNREADABLE, path=str(path), reason=reason)
