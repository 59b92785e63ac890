"""Simulated teaching on made-up libraries: what is given away, judged, kept and written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.comparison import EMBEDDING
from benchmarks.judging import MEAN_AP
from benchmarks.keeping import Kept
from benchmarks.logistic import class_scores
from benchmarks.rivals import ITQ
from benchmarks.teaching_protocol import (
    FEWEST_LEFT,
    OVER_ALBUMS,
    PRECISION,
    PhotoLibrary,
    judge,
    label_some,
)
from benchmarks.teaching_report import MARKED_LABELS, write_results
from benchmarks.teaching_trials import BUNDLED, LOGISTIC, Classroom, Result, Trial
from desktopsearch.domain.rankings import rank_vectors, unit_rows
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.training.training_set import TrainingSet

ALBUMS, OF_ALBUM, DIMENSIONS = 4, 40, 32


def _library(*, overlapping: bool = False) -> PhotoLibrary:
    """Albums are weak directions in embeddings that are mostly about something else."""
    generator = np.random.default_rng(0)
    classes = np.repeat(np.arange(ALBUMS), OF_ALBUM)
    labels = np.eye(ALBUMS, dtype=bool)[classes]
    if overlapping:
        labels[::3, 0] = True
    scenes = generator.standard_normal((6, DIMENSIONS))[generator.integers(0, 6, len(classes))]
    signs = labels @ generator.standard_normal((ALBUMS, DIMENSIONS))
    noise = 0.4 * generator.standard_normal(scenes.shape)
    groups = np.arange(len(classes))
    groups[1::8] = groups[0::8]
    embeddings = (1.5 * scenes + signs + noise).astype(np.float16)
    return PhotoLibrary("flowers17", embeddings, labels, groups)


@pytest.mark.parametrize("overlapping", [False, True])
def test_each_album_gives_labels_away_and_no_copy_of_a_labelled_photo_is_judged(
    overlapping: bool,
) -> None:
    library = _library(overlapping=overlapping)
    labelled = label_some(library, 9, np.random.default_rng(1))
    assert labelled.sum() == 9 * ALBUMS
    assert (library.labels[labelled].sum(axis=0) >= 9).all()
    assert not np.isin(library.groups[labelled], library.groups[~labelled]).any()
    np.testing.assert_array_equal(labelled, label_some(library, 9, np.random.default_rng(1)))
    assert (labelled != label_some(library, 9, np.random.default_rng(2))).any()


def test_albums_that_keep_too_few_to_be_judged_on_are_refused() -> None:
    library = _library()
    most = OF_ALBUM - FEWEST_LEFT
    assert label_some(library, most, np.random.default_rng(0)).sum() == most * ALBUMS
    with pytest.raises(ValueError, match="9 photos of an album"):
        label_some(library, most + 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="open"):
        label_some(library, OF_ALBUM + 1, np.random.default_rng(0))


def test_neither_a_query_nor_its_copies_are_among_what_it_finds() -> None:
    # Side by side; 0 and 1 are copies of each other.
    vectors = unit_rows(np.array([[1, 0], [1, 0.01], [1, 0.2], [1, 0.5]]))
    labels = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], dtype=bool)
    figures = judge(
        lambda block, levels, copies: rank_vectors(vectors[block], vectors, levels, copies),
        labels,
        np.array([0, 0, 2, 3]),
    )
    # 0 and 1 find 3 behind 2; 2 finds 3 behind both; all that 3 finds shares an album with it.
    of_query = np.array([1 / 2, 1 / 2, 1 / 3, 1])
    assert figures[MEAN_AP] == pytest.approx(of_query.mean())
    assert figures[OVER_ALBUMS] == pytest.approx(
        (of_query[[0, 1, 3]].mean() + of_query[[2, 3]].mean()) / 2
    )
    assert figures[PRECISION] == pytest.approx((1 + 1 + 1 + 3) / 40)


@pytest.mark.parametrize("overlapping", [False, True])
def test_class_scores_tell_classes_that_were_learnt(overlapping: bool) -> None:
    library = _library(overlapping=overlapping)
    labelled = label_some(library, 12, np.random.default_rng(0))
    known = TrainingSet(
        library.embeddings[labelled], library.labels[labelled], library.groups[labelled]
    )
    scores = class_scores(known, library.embeddings[~labelled], np.random.default_rng(0))
    truth = library.labels[~labelled]
    assert truth[np.arange(len(scores)), scores.argmax(axis=1)].mean() > 0.9
    if overlapping:
        np.testing.assert_allclose(np.linalg.norm(scores, axis=1), 1, atol=1e-5)
    else:
        np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)


def test_trials_are_measured_kept_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = _library()
    bundled = fit_itq(library.embeddings, 32)
    classroom = Classroom(library, 20, 0, bundled, "abc1234", epochs=5)
    assert classroom.objective == "ssdh_semi"
    kept = Kept(tmp_path / "kept", Result)
    ways = [(EMBEDDING, None), (LOGISTIC, None), (BUNDLED, 32), (ITQ, 16)]
    for method, bits in [*ways, ("ssdh_semi", 16)]:
        trial = classroom.trial(method, bits)
        assert kept.find(trial.name) is None
        result = classroom.measure(trial)
        assert (result.labelled, result.judged) == (80, 80)
        kept.keep(trial.name, result)
        assert kept.find(trial.name) == result
    found = {each.trial.method: each for each in kept.everything()}
    assert found[LOGISTIC].figures[MEAN_AP] > found[EMBEDDING].figures[MEAN_AP]
    assert found["ssdh_semi"].figures[MEAN_AP] > found[ITQ].figures[MEAN_AP] + 0.05
    assert found["ssdh_semi"].auto
    assert not found[ITQ].auto

    monkeypatch.setattr("sys.argv", ["teaching", "--data", str(tmp_path / "photos")])
    output = tmp_path / "results"
    write_results(kept.everything(), output)
    assert {path.name for path in output.iterdir()} == {
        f"teaching.{ending}" for ending in ("md", "json", "svg")
    }
    text = (output / "teaching.md").read_text(encoding="utf-8")
    assert "`python -m benchmarks.teaching --data photos`" in text
    assert "| flowers17 | 16 | ssdh_semi | 1 |" in text
    assert "wanted +0.20" in text
    assert str(tmp_path) not in text
    raw = json.loads((output / "teaching.json").read_text(encoding="utf-8"))
    assert len(raw["results"]) == len(raw["rows"]) == 5
    assert raw["results"][0]["commit"] == "abc1234"


def test_marks_take_of_each_seed_what_the_product_chooses_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def result(seed: int, method: str, bits: int | None, mean_ap: float, *, auto: bool) -> Result:
        trial = Trial("flowers17", MARKED_LABELS, seed, method, bits)
        figures = {MEAN_AP: mean_ap, PRECISION: mean_ap, OVER_ALBUMS: mean_ap}
        return Result(trial, figures, 1.0, 80, 80, None, auto, "abc1234")

    results = []
    for seed in range(3):
        rivals: list[tuple[str, int | None]] = [(EMBEDDING, None), (LOGISTIC, None), (ITQ, 16)]
        results += [result(seed, *rival, 0.5, auto=False) for rival in rivals]
        results += [
            result(seed, "dsrh", 16, 0.99 if seed == 0 else 0.1, auto=seed == 0),
            result(seed, "ssdh_semi", 16, 0.1 if seed == 0 else 0.6, auto=seed > 0),
            result(seed, "ddh", 16, 0.2, auto=False),
        ]
    monkeypatch.setattr("sys.argv", ["teaching"])
    write_results(results, tmp_path)
    lines = (tmp_path / "teaching.md").read_text(encoding="utf-8").splitlines()
    [mark] = [line for line in lines if "(wanted " in line]
    assert mark == (
        "| flowers17 | 16 | dsrh (1 of 3), ssdh_semi (2 of 3) | 3 | 0.730 [0.600, 0.990]"
        " | +0.230 (wanted +0.20: met), ITQ | +0.230 (wanted +0.00: met)"
        " | +0.230 (wanted -0.05: met) |"
    )
    assert any(line.startswith("| flowers17 | 20 | dsrh (*) | 16 | 3 |") for line in lines)
    assert any(line.startswith("| flowers17 | 20 | ddh | 16 | 3 |") for line in lines)
