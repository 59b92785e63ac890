"""Whether this machine runs on its battery, as far as the system tells."""

from __future__ import annotations

import sys
from pathlib import Path


def on_battery(supplies: Path) -> bool:
    """Whether nothing but a battery feeds the machine; False where that cannot be known.

    Args:
        supplies: Linux only: the folder with a sub-folder for each power supply, as the kernel's
            ``Documentation/ABI/testing/sysfs-class-power`` describes it.
    """
    if sys.platform == "linux":
        known = _on_battery_linux(supplies)
    elif sys.platform == "win32":
        known = _on_battery_windows()
    else:
        known = False
    return known


def _on_battery_linux(supplies: Path) -> bool:
    batteries: list[str] = []
    mains_off = False
    try:
        folders = sorted(supplies.iterdir())
    except OSError:
        return False
    for folder in folders:
        kind, online = _value(folder, "type"), _value(folder, "online")
        if _value(folder, "scope") == "Device":
            continue  # the battery of a mouse or a headset
        if kind == "Battery":
            if _value(folder, "present") != "0":
                batteries.append(_value(folder, "status"))
        elif online == "1":
            return False
        elif kind == "Mains" and online == "0":
            mains_off = True
    return bool(batteries) and (mains_off or "Discharging" in batteries)


def _value(folder: Path, name: str) -> str:
    # A supply may lack any of its files, and be pulled out while they are read.
    try:
        return (folder / name).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


if sys.platform == "win32":

    def _on_battery_windows() -> bool:
        import ctypes

        # SYSTEM_POWER_STATUS: its first byte is 0 on battery, 1 on mains, 255 if unknown.
        status = (ctypes.c_ubyte * 12)()
        told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
        return bool(told) and status[0] == 0
