"""Interrupted trainings: what is kept, what is believed, and that it changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import numpy as np
import pytest

from desktopsearch.domain.errors import Cancelled
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.registry import OBJECTIVES
from desktopsearch.hashing.training.checkpoints import ASIDE_FILE, CHECKPOINT_FILE
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from tests.hashing.training.made_up import layer_of, photos

PHOTOS = photos(300, 6, 150, noise=2.0)
PLAN = TrainingPlan("ssdh_semi", 16, epochs=4, device="cpu")


def check_equal(found: Sequence[EpochReport], expected: Sequence[EpochReport]) -> None:
    left, right = layer_of(found), layer_of(expected)
    np.testing.assert_array_equal(left.weight, right.weight)
    np.testing.assert_array_equal(left.bias, right.bias)
    assert [_told(report) for report in found] == [_told(report) for report in expected]


def _told(report: EpochReport) -> tuple[object, ...]:
    return report.epoch, report.terms, report.validation, report.health, report.chosen


@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_an_interrupted_training_ends_as_if_it_had_not_been(
    tmp_path: Path, name: str, faithful: bool
) -> None:
    plan = replace(PLAN, objective=name, faithful=faithful)
    whole = list(train_head(PHOTOS, plan))
    begun = train_head(PHOTOS, plan, checkpoints=tmp_path)
    for _ in islice(begun, 3):
        pass
    begun.close()  # type: ignore[attr-defined]
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]
    check_equal(list(train_head(PHOTOS, plan, checkpoints=tmp_path)), whole)
    assert list(tmp_path.iterdir()) == []


PROGRAM = """
from pathlib import Path
import sys
from desktopsearch.hashing.training.head import train_head
from tests.hashing.training.test_checkpoints import PHOTOS, PLAN
for report in train_head(PHOTOS, PLAN, checkpoints=Path(sys.argv[1])):
    print(report.epoch, flush=True)
    if report.epoch == 2:
        sys.stdin.read()
"""


def test_a_killed_process_loses_nothing_but_time(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    with process.stdout, process.stdin:
        assert [process.stdout.readline() for _ in range(3)] == ["0\n", "1\n", "2\n"]
        process.kill()
        assert process.wait() == -signal.SIGKILL
    steps = count()
    found = train_head(PHOTOS, PLAN, checkpoints=tmp_path, stop=lambda: next(steps) < 0)
    check_equal(list(found), list(train_head(PHOTOS, PLAN)))
    # Two of four epochs were left to do.
    whole = count()
    list(train_head(PHOTOS, PLAN, stop=lambda: next(whole) < 0))
    assert 2 * next(steps) == next(whole) > 0


def test_a_training_can_be_cancelled_at_any_step(tmp_path: Path) -> None:
    expected = list(train_head(PHOTOS, PLAN))
    for wished in (0, 1, 7, 25):
        steps = count()
        reports: list[EpochReport] = []
        with pytest.raises(Cancelled):
            reports.extend(
                train_head(
                    PHOTOS,
                    PLAN,
                    checkpoints=tmp_path,
                    stop=lambda steps=steps, wished=wished: next(steps) >= wished,  # type: ignore[misc]
                )
            )
        assert next(steps) == wished + 1
        assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]
    check_equal(list(train_head(PHOTOS, PLAN, checkpoints=tmp_path)), expected)


def test_a_result_that_nobody_took_is_there_once_more(tmp_path: Path) -> None:
    running = train_head(PHOTOS, PLAN, checkpoints=tmp_path)
    expected = list(islice(running, 5))
    running.close()  # type: ignore[attr-defined]
    assert expected[-1].layer is not None
    steps = count()
    again = list(train_head(PHOTOS, PLAN, checkpoints=tmp_path, stop=lambda: next(steps) < 0))
    check_equal(again, expected)
    assert next(steps) == 0
    assert list(tmp_path.iterdir()) == []


def _begin(folder: Path, plan: TrainingPlan = PLAN) -> bytes:
    running = train_head(PHOTOS, plan, checkpoints=folder)
    for _ in islice(running, 3):
        pass
    running.close()  # type: ignore[attr-defined]
    return (folder / CHECKPOINT_FILE).read_bytes()


@pytest.mark.parametrize("other", [replace(PLAN, seed=1), replace(PLAN, bits=24)])
def test_the_state_of_another_plan_is_put_aside(tmp_path: Path, other: TrainingPlan) -> None:
    content = _begin(tmp_path, other)
    check_equal(
        list(train_head(PHOTOS, PLAN, checkpoints=tmp_path)), list(train_head(PHOTOS, PLAN))
    )
    assert (tmp_path / ASIDE_FILE).read_bytes() == content
    assert not (tmp_path / CHECKPOINT_FILE).exists()


def test_the_state_of_other_photos_is_put_aside(tmp_path: Path) -> None:
    _begin(tmp_path)
    other = photos(300, 6, 151, noise=2.0)
    check_equal(list(train_head(other, PLAN, checkpoints=tmp_path)), list(train_head(other, PLAN)))
    assert (tmp_path / ASIDE_FILE).exists()


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "text"])
def test_a_damaged_state_is_put_aside(tmp_path: Path, damage: str) -> None:
    content = _begin(tmp_path)
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    broken = {
        "flipped": bytes(flipped),
        "cut": content[:-100],
        "empty": b"",
        "text": b"no checkpoint at all, whatever its name says",
    }[damage]
    (tmp_path / CHECKPOINT_FILE).write_bytes(broken)
    check_equal(
        list(train_head(PHOTOS, PLAN, checkpoints=tmp_path)), list(train_head(PHOTOS, PLAN))
    )
    assert (tmp_path / ASIDE_FILE).read_bytes() == broken


def test_a_half_written_state_is_never_seen(tmp_path: Path) -> None:
    _begin(tmp_path)
    partial = tmp_path / f"{CHECKPOINT_FILE}.partial"
    partial.write_bytes(b"the process was killed here")
    reports = list(train_head(PHOTOS, PLAN, checkpoints=tmp_path))
    check_equal(reports, list(train_head(PHOTOS, PLAN)))
    assert isinstance(reports[-1].layer, HashLayer)
