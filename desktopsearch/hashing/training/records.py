"""How the state of a training becomes tensors with names and a record that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import torch

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.training.plan import EpochReport


def prefixed(part: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return copies on the CPU under names that begin with the part's."""
    return {f"{part}.{name}": values.detach().cpu().clone() for name, values in tensors.items()}


def part_of(part: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return what ``prefixed`` had been given."""
    start = f"{part}."
    return {
        name.removeprefix(start): values
        for name, values in tensors.items()
        if name.startswith(start)
    }


def layer_tensors(layer: HashLayer) -> dict[str, torch.Tensor]:
    """Return the weights of a hash layer."""
    return {"weight": torch.from_numpy(layer.weight), "bias": torch.from_numpy(layer.bias)}


def layer_of(tensors: Mapping[str, torch.Tensor]) -> HashLayer:
    """Return the hash layer that ``layer_tensors`` took apart."""
    return HashLayer(tensors["weight"].numpy(), tensors["bias"].numpy())


def reports_as_json(reports: Sequence[EpochReport]) -> list[Any]:
    """Return reports without layers and networks as JSON has them."""
    bare = [replace(report, layer=None, tuned=None) for report in reports]
    return list(msgspec.to_builtins(bare))


def reports_of(told: Sequence[Any]) -> list[EpochReport]:
    """Return what ``reports_as_json`` was given, without layers and networks."""
    return msgspec.convert(told, list[EpochReport])


def record_of(
    reports: Sequence[EpochReport], chosen: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Return what is no tensor: reports without layers, the choice so far, draws to come."""
    return {
        "reports": reports_as_json(reports),
        "chosen": chosen,
        "generator": generator.bit_generator.state,
    }
