"""What the files of Linux say about the battery."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktopsearch.services.power import on_battery
from tests.services.power_tree import plug, put_supply

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the files of Linux")


def test_a_laptop_is_plugged_in_and_pulled_out(tmp_path: Path) -> None:
    plug(tmp_path, mains=True)
    assert not on_battery(tmp_path)
    plug(tmp_path, mains=False)
    assert on_battery(tmp_path)


def test_nothing_known_is_not_on_battery(tmp_path: Path) -> None:
    assert not on_battery(tmp_path)
    assert not on_battery(tmp_path / "missing")
    put_supply(tmp_path, "odd")
    assert not on_battery(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    assert not on_battery(tmp_path)


def test_the_battery_of_a_mouse_does_not_count(tmp_path: Path) -> None:
    put_supply(tmp_path, "hidpp", type="Battery", scope="Device", status="Discharging")
    assert not on_battery(tmp_path)


def test_a_charger_of_usb_counts_as_mains(tmp_path: Path) -> None:
    put_supply(tmp_path, "BAT0", type="Battery", present="1", status="Discharging")
    put_supply(tmp_path, "ucsi-1", type="USB", online="0")
    assert on_battery(tmp_path)
    put_supply(tmp_path, "ucsi-1", type="USB", online="1")
    assert not on_battery(tmp_path)


@pytest.mark.parametrize("status", ["Full", "Not charging", "Unknown"])
def test_a_battery_that_is_not_charged_tells_by_the_mains(tmp_path: Path, status: str) -> None:
    put_supply(tmp_path, "BAT0", type="Battery", present="1", status=status)
    assert not on_battery(tmp_path)
    put_supply(tmp_path, "AC", type="Mains", online="0")
    assert on_battery(tmp_path)


def test_a_bay_without_a_battery_does_not_count(tmp_path: Path) -> None:
    put_supply(tmp_path, "BAT1", type="Battery", present="0", status="Discharging")
    put_supply(tmp_path, "AC", type="Mains", online="0")
    assert not on_battery(tmp_path)
