"""What a processor is called in the user's language; the encoder itself speaks English only."""

from __future__ import annotations

import re
from typing import Final

from desktopsearch.gui.texts import plural

_CPU: Final = re.compile(r"CPU, (\d+) threads?")
"""As ``hashing.devices.device_name`` has it; other processors have names of their own."""


def device_text(device: str) -> str:
    """The name of a device, as the encoder told it, for people."""
    cpu = _CPU.fullmatch(device)
    if cpu is None:
        return device
    return plural("CPU, {n} thread", "CPU, {n} threads", int(cpu[1]))
