"""The simulated teachings before the gate, through the real trainer on a made-up pack."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from benchmarks.gate_report import _judged, _share, write_results
from benchmarks.gate_series import name_of
from benchmarks.gate_trials import (
    ALBUMS,
    OF_ALBUM,
    PHOTOS,
    REAL_LABELS,
    GateTrial,
    _meaningless,
    _real,
    _without_copies,
    run_trial,
)
from benchmarks.teaching_protocol import PhotoLibrary
from desktopsearch.hashing.teaching.verdict import Finding

CLASSES, OF_CLASS, DIMENSIONS = 6, 90, 32


@pytest.fixture(scope="module")
def library() -> PhotoLibrary:
    """Classes are weak directions in embeddings that are mostly about something else."""
    generator = np.random.default_rng(0)
    classes = np.repeat(np.arange(CLASSES), OF_CLASS)
    scenes = generator.standard_normal((6, DIMENSIONS))[generator.integers(0, 6, len(classes))]
    signs = generator.standard_normal((CLASSES, DIMENSIONS))[classes]
    noise = 0.8 * generator.standard_normal(scenes.shape)
    groups = np.arange(len(classes))
    groups[1::10] = groups[0::10]
    embeddings = (1.4 * scenes + 1.2 * signs + noise).astype(np.float16)
    return PhotoLibrary("flowers17", embeddings, np.eye(CLASSES, dtype=bool)[classes], groups)


@pytest.mark.parametrize("overlapping", [False, True])
def test_albums_that_mean_nothing_have_sizes_that_people_have(
    library: PhotoLibrary, overlapping: bool
) -> None:
    alone = _without_copies(library, np.random.default_rng(0))
    assert len(alone.embeddings) == CLASSES * OF_CLASS * 9 // 10
    for seed in range(20):
        rows, labels = _meaningless(alone, np.random.default_rng(seed), overlapping)
        assert len(np.unique(rows)) == len(labels) == PHOTOS
        sizes = labels.sum(axis=0)
        assert ALBUMS[0] <= len(sizes) <= ALBUMS[1]
        assert OF_ALBUM[0] <= sizes.min() <= sizes.max() <= OF_ALBUM[1]
        assert (labels.sum(axis=1).max() > 1) == overlapping


def test_real_albums_are_of_the_pack(library: PhotoLibrary) -> None:
    alone = _without_copies(library, np.random.default_rng(0))
    rows, labels = _real(alone, np.random.default_rng(1))
    assert len(np.unique(rows)) == len(labels) == PHOTOS
    assert (labels.sum(axis=0) == REAL_LABELS).all()
    for members in labels.T:
        assert len(np.unique(alone.labels[rows[members]].argmax(axis=1))) == 1


def test_the_gate_is_asked_and_its_answers_are_written(
    library: PhotoLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Round 1, so that albums are apart.
    trials = [GateTrial(real, 4, 16, epochs=6) for real in (False, True)]
    results = [run_trial(trial, library, 32, "abc1234") for trial in trials]
    meaningless, real = results
    assert {each.objective for each in results} == {"ssdh_semi"}
    assert real.finding is Finding.BETTER
    assert set(real.albums) == {REAL_LABELS}
    assert meaningless.finding is Finding.NOT_BETTER
    assert abs(meaningless.gain) < real.gain

    monkeypatch.setattr("sys.argv", ["gate", "--data", str(tmp_path / "photos")])
    few = msgspec.structs.replace(meaningless, finding=Finding.TOO_FEW)
    changed = msgspec.structs.replace(real, commit="abc1234+")
    write_results([*results, few, changed], tmp_path)
    text = (tmp_path / "gate.md").read_text(encoding="utf-8")
    for commit in ("abc1234", "abc1234+"):
        assert (
            f"- real albums, 16 bits, 6 epochs a training, commit {commit}: 100.0% [20.7%, 100.0%]"
            " of 1 runs better, 0 more had too few photos (wanted at least 90%: not shown yet)\n"
        ) in text
    assert (
        "- albums that mean nothing, 16 bits, 6 epochs a training, commit abc1234: 0.0%"
        " [0.0%, 79.3%] of 1 runs better, 1 more had too few photos"
        " (wanted at most 5%: not shown yet)\n"
    ) in text
    assert "| meaningless | 6 | 16 | abc1234 | all | 2 | 1 | 0 | 0.0% [0.0%, 79.3%] |" in text
    assert str(tmp_path) not in text
    raw = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    findings = [each["finding"] for each in raw["results"]]
    assert findings == ["not better", "better", "too few", "better"]


def test_trials_of_other_epochs_are_kept_apart() -> None:
    names = {name_of(GateTrial(False, 0, 16, epochs)) for epochs in (None, 0, 5)}
    assert len(names) == 3


def test_shares_have_an_interval() -> None:
    assert _share(10, 200) == "5.0% [2.7%, 9.0%]"
    assert _share(0, 200) == "0.0% [0.0%, 1.9%]"
    assert _share(0, 0) == "none"


@pytest.mark.parametrize(
    ("real", "better", "enough", "judged"),
    [
        (False, 0, 200, "met"),
        (False, 10, 200, "not shown yet"),
        (False, 40, 200, "missed"),
        (False, 0, 10, "not shown yet"),
        (True, 198, 200, "met"),
        (True, 95, 100, "not shown yet"),
        (True, 50, 100, "missed"),
        (True, 0, 0, "not shown yet"),
        (False, 0, 0, "not shown yet"),
    ],
)
def test_a_mark_is_judged_by_the_whole_interval(
    real: bool, better: int, enough: int, judged: str
) -> None:
    assert _judged(real, better, enough) == judged
