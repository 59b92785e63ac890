"""Which processor the encoder computes on, and what it is called."""

from __future__ import annotations

from typing import Literal

import torch

CPU = torch.device("cpu")


def choose_device(wish: Literal["auto", "cpu", "cuda", "mps"]) -> torch.device:
    """Return the device asked for, or with ``auto`` the fastest one that is present."""
    if wish != "auto":
        return torch.device(wish)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return CPU


def device_name(device: torch.device) -> str:
    """Name a device for a person; asks the driver, which is present if the device is."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device) if torch.cuda.is_available() else "CUDA"
    if device.type == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} threads" if threads > 1 else "CPU, 1 thread"
