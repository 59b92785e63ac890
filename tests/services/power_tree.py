"""A made-up tree of power supplies, as Linux shows them."""

from __future__ import annotations

from pathlib import Path


def put_supply(supplies: Path, name: str, **files: str) -> None:
    """Write the files of one supply, such as ``type`` and ``online``."""
    (supplies / name).mkdir(parents=True, exist_ok=True)
    for file, value in files.items():
        (supplies / name / file).write_text(f"{value}\n", encoding="ascii")


def plug(supplies: Path, *, mains: bool) -> None:
    """A laptop, plugged in or not."""
    put_supply(supplies, "AC", type="Mains", online="1" if mains else "0")
    status = "Charging" if mains else "Discharging"
    put_supply(supplies, "BAT0", type="Battery", present="1", status=status)
