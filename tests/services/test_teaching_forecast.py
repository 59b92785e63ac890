"""How long a teaching takes: before the first one, after others, and while it goes on."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.teaching import Reason
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_forecast import TimeLeft, forecast, forecasts
from desktopsearch.services.teaching_report import TeachingReport, to_json
from desktopsearch.storage import generations

REPORT = TeachingReport(
    "ssdh_semi", Reason.ASKED_FOR, 128, [], 400, 5_000, 9, 40.0, None, 0.9, 0.9, whole=True
)


def _keep(library: Library, report: TeachingReport) -> None:
    own = library.snapshot.generation
    with library.database.write() as connection:
        made = generations.add(
            connection,
            name="taught",
            model=own.model,
            fingerprint=own.fingerprint,
            bits=128,
            hash_layer=own.hash_layer,
        )
        generations.keep_report(connection, made.id, to_json(report))


def test_before_the_first_teaching_only_the_machine_is_known(tmp_path: Path) -> None:
    with Library.open_writer(LibraryPaths(tmp_path)) as library:
        found = forecasts(library, 5_400)
        assert set(found) == {"ssdh_semi", "ssdh_sup", "dsrh", "ddh", "usdh"}
        for each in found.values():
            assert each.high_s == pytest.approx(16 * each.low_s)
        assert found["ssdh_semi"].low_s > found["ddh"].low_s


def test_later_it_is_known_by_what_the_latest_ones_took(tmp_path: Path) -> None:
    with Library.open_writer(LibraryPaths(tmp_path)) as library:
        for seconds in (4_000.0, 40.0, 40.0, 40.0):
            _keep(library, msgspec.structs.replace(REPORT, seconds=seconds))
        # One that went on after a restart does not say what all of it took.
        _keep(library, msgspec.structs.replace(REPORT, seconds=1.0, whole=False))
        same = forecast(library, "ssdh_semi", 5_400)
        assert same.low_s == pytest.approx(20.0)
        assert same.high_s == pytest.approx(80.0)
        other = forecast(library, "ddh", 5_400)
        assert other.high_s < same.high_s


def test_the_time_that_is_left_is_what_the_rest_takes_at_this_pace() -> None:
    left = TimeLeft()
    left.begin()
    assert left.after(0.0, 100.0) is None
    assert left.after(0.1, 101.0) is None
    assert left.after(0.2, 110.0) == pytest.approx(40.0)
    # After a pause of an hour, what was over is told again, and is not counted as done since.
    left.begin()
    assert left.after(0.1, 3_700.0) is None
    assert left.after(0.2, 3_700.1) is None
    assert left.after(0.3, 3_710.0) is None
    assert left.after(0.4, 3_720.0) == pytest.approx(60.0)


def test_what_a_new_process_tells_once_more_does_not_count_as_done() -> None:
    left = TimeLeft()
    left.begin()
    for epoch in range(50):
        assert left.after(0.01 * epoch, 100.0 + 0.001 * epoch) is None
    assert left.after(0.5, 101.049) is None
    assert left.after(0.52, 103.049) == pytest.approx(48.0)
