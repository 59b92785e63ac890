"""Encoder roles on devices that fail, for tests that run them as real children."""

from __future__ import annotations

import torch

from desktopsearch.hashing.encoder import Encoder, Network

INPUT_PX = 16
DIMENSIONS = 3


def _mean_colour(pixels: torch.Tensor) -> torch.Tensor:
    return (pixels.to(torch.float32).mean(dim=(1, 2)) / 255).to(torch.float16)


def vanishing_device(_options: bytes) -> Encoder:
    """A device that computes, but from which nothing can be read: torch's own ``meta``."""
    return Encoder(lambda _device: _mean_colour, torch.device("meta"), INPUT_PX)


def absent_device(_options: bytes) -> Encoder:
    """A device that cannot even be given the network."""

    def build(device: torch.device) -> Network:
        if device.type != "cpu":
            raise RuntimeError("no such device here\nand much more")
        return _mean_colour

    return Encoder(build, torch.device("meta"), INPUT_PX)


def small_device(_options: bytes) -> Encoder:
    """A device with room for three pictures."""
    return Encoder(lambda _device: _with_room_for(3), torch.device("cpu"), INPUT_PX)


def full_device(_options: bytes) -> Encoder:
    """A device without room for one picture, beside a CPU that works."""

    def build(device: torch.device) -> Network:
        return _mean_colour if device.type == "cpu" else _with_room_for(0)

    return Encoder(build, torch.device("meta"), INPUT_PX)


def full_machine(_options: bytes) -> Encoder:
    """Not even the CPU has room for one picture."""
    return Encoder(lambda _device: _with_room_for(0), torch.device("cpu"), INPUT_PX)


def mad_device(_options: bytes) -> Encoder:
    """A device that computes nonsense, beside a CPU that works."""

    def build(device: torch.device) -> Network:
        return _mean_colour if device.type == "cpu" else _nonsense

    return Encoder(build, torch.device("meta"), INPUT_PX)


def broken_network(_options: bytes) -> Encoder:
    """A network that is wrong wherever it runs."""

    def network(_pixels: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("shapes do not fit")

    return Encoder(lambda _device: network, torch.device("cpu"), INPUT_PX)


def _with_room_for(pictures: int) -> Network:
    def network(pixels: torch.Tensor) -> torch.Tensor:
        if len(pixels) > pictures:
            raise torch.OutOfMemoryError("tried to allocate more than there is")
        return _mean_colour(pixels)

    return network


def _nonsense(pixels: torch.Tensor) -> torch.Tensor:
    return torch.full((len(pixels), DIMENSIONS), torch.nan, dtype=torch.float16)
