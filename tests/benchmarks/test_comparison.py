"""A whole comparison on made-up embeddings: figures, files, chart."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.comparison import (
    ACCURACY,
    EMBEDDING,
    PERCEPTUAL_HASH,
    Collection,
    Comparison,
    Outcome,
)
from benchmarks.judging import MEAN_AP, Judgement, judge
from benchmarks.protocols import PROTOCOLS, Split, Subjects
from benchmarks.retrieval_report import _against_itq, write_outcomes
from benchmarks.rivals import ITQ
from desktopsearch.domain.codes import pack
from desktopsearch.domain.rankings import rank_codes
from desktopsearch.hashing.training.health import CodeHealth
from desktopsearch.hashing.training.plan import EpochReport

BITS = (16, 32)


def _collection() -> Collection:
    """Seventeen clusters in place of flowers; the perceptual hashes are noise."""
    generator = np.random.default_rng(0)
    classes = np.repeat(np.arange(17), 80)
    centres = generator.standard_normal((17, 64))
    embeddings = centres[classes] + 1.2 * generator.standard_normal((1_360, 64))
    subjects = Subjects(
        np.eye(17, dtype=bool)[classes], np.arange(1_360), np.zeros(1_360, dtype=bool)
    )
    hashes = generator.integers(0, 256, (1_360, 8), dtype=np.uint8)
    return Collection(subjects, embeddings.astype(np.float16), hashes)


@pytest.fixture(scope="module")
def split() -> Split:
    return PROTOCOLS["flowers17"].split(_collection().subjects, np.random.default_rng(0))


def test_a_comparison_ranks_methods_as_it_must_and_writes_all_of_it(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = PROTOCOLS["flowers17"]
    comparison = Comparison(protocol, split, _collection(), seed=0)
    outcomes = comparison.run(["ssdh_sup"], BITS)
    found = {(each.method, each.bits): each.judgement for each in outcomes}
    assert len(found) == len(outcomes) == 2 + len(BITS) * 4
    for bits in BITS:
        assert found["ITQ", bits].mean_ap > found["random projections", bits].mean_ap
        assert found["ssdh_sup", bits].mean_ap > found["random projections", bits].mean_ap
    assert found["ssdh_sup", 32].mean_ap > found["ITQ", 32].mean_ap
    # One class in seventeen belongs to a query.
    assert found[PERCEPTUAL_HASH, 64].mean_ap == pytest.approx(1 / 17, abs=0.02)
    assert found[PERCEPTUAL_HASH, 64].figures[ACCURACY] < 0.15
    assert found[EMBEDDING, None].mean_ap > found["random projections", 32].mean_ap
    assert found[EMBEDDING, None].figures[ACCURACY] > 0.8
    assert all(each.judgement.without_relevant == 0 for each in outcomes)

    monkeypatch.setattr("sys.argv", ["retrieval", "--data", str(tmp_path / "photos")])
    facts: dict[str, int | str] = {"seed": 0, "database": len(split.database)}
    write_outcomes(protocol, outcomes, facts, tmp_path)
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {f"retrieval-flowers17.{ending}" for ending in ("md", "json", "svg")}
    for path in tmp_path.iterdir():
        assert str(tmp_path) not in path.read_text(encoding="utf-8")
    text = (tmp_path / "retrieval-flowers17.md").read_text(encoding="utf-8")
    assert "`python -m benchmarks.retrieval --data photos`" in text
    assert re.search(r"ssdh_sup against ITQ: 16 bits [+-]0\.\d+, 32 bits \+0\.\d+\.", text)
    raw = json.loads((tmp_path / "retrieval-flowers17.json").read_text(encoding="utf-8"))
    assert (raw["seed"], len(raw["rows"])) == (0, len(outcomes))
    trained = [each for each in raw["outcomes"] if each["validation"]]
    assert [each["method"] for each in trained] == ["ssdh_sup"] * 2
    assert len(trained[0]["terms"]) == len(trained[0]["bit entropy"]) > 1
    assert trained[0]["terms"][-1]
    chart = tmp_path / "retrieval-flowers17.svg"
    assert chart.stat().st_size < 150_000
    drawn = chart.read_bytes()
    write_outcomes(protocol, outcomes, facts, tmp_path)
    assert chart.read_bytes() == drawn


def test_labels_outside_the_labelled_part_are_hidden_from_training(split: Split) -> None:
    collection = _collection()
    training = Comparison(PROTOCOLS["flowers17"], split, collection, seed=0).training_set()
    np.testing.assert_array_equal(training.embeddings, collection.embeddings[split.training])
    np.testing.assert_array_equal(training.labelled, np.isin(split.training, split.labelled))
    shown = training.labels[training.labelled]
    np.testing.assert_array_equal(shown, collection.subjects.labels[split.labelled])
    assert collection.subjects.labels.any(axis=1).all()  # hidden in a copy only


@pytest.mark.parametrize(("chosen", "told"), [(0, True), (2, False)])
def test_an_objective_that_never_left_its_start_is_told(chosen: int, told: bool) -> None:
    epochs = [
        EpochReport(
            epoch=epoch,
            epochs=2,
            terms={},
            validation=0.5,
            health=CodeHealth(1.0, 1.0, 0.0, 0.0, collapsed=False),
            seconds=0.0,
            chosen=chosen if epoch == 2 else None,
        )
        for epoch in range(3)
    ]
    judgement = Judgement({MEAN_AP: 0.3}, [1.0], [0.1], 0)
    outcomes = [
        Outcome(ITQ, 16, False, 0.1, judgement),
        Outcome("usdh", 16, True, 0.1, judgement, epochs),
    ]
    text = "\n".join(_against_itq(outcomes))
    assert "usdh against ITQ: 16 bits +0.000." in text
    assert ("usdh with 16 bits: on the photos held out" in text) == told


def test_figures_of_graded_photos_and_queries_without_any() -> None:
    labels = np.array([[1, 1], [0, 0], [1, 1], [1, 0], [0, 1], [0, 0]], dtype=bool)
    codes = pack(np.array([[1] * 16, [1] * 16, [1] * 16, [1] * 15 + [-1], [-1] * 16, [1] * 16]))
    split = Split(np.array([0, 1]), np.array([2, 3, 4, 5]), np.empty(0, int), np.empty(0, int))
    judgement = judge(
        lambda block, levels: rank_codes(codes[:2][block], codes[2:], levels),
        labels,
        split,
        PROTOCOLS["voc5"],
        by_distance=True,
    )
    assert judgement.without_relevant == 1
    # Photos 2 (both labels) and 5 (none) tie, then 3, then 4 far away (one label each).
    assert judgement.mean_ap == pytest.approx((0.75 + 2 / 3 + 3 / 4) / 3)
    assert judgement.figures["ACG@100"] == pytest.approx(4 / 100)
    assert judgement.figures["weighted mAP@5000"] == pytest.approx((1.5 + 3 / 3 + 4 / 4) / 3)
    assert judgement.figures["precision within 2"] == pytest.approx(2 / 3)
    assert judgement.figures["nothing within 2"] == 0.0
    assert judgement.recall[-1] == pytest.approx(1.0)
    assert judgement.precision[-1] == pytest.approx(3 / 4)
