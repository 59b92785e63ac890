"""The figures on suggestions, over photos that are made up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.suggestion_questions import ask
from benchmarks.suggestion_report import write_results
from benchmarks.suggestion_trials import COSINE, PRODUCT, Precision, measure
from benchmarks.teaching_protocol import PhotoLibrary

KINDS, PHOTOS = 4, 160


@pytest.fixture(scope="module")
def library() -> PhotoLibrary:
    """Photo n is of the kind n % 4; one direction of all photos drowns out what is told by them."""
    generator = np.random.default_rng(0)
    centres = generator.standard_normal((KINDS, 256))
    rows = centres[np.arange(PHOTOS) % KINDS] + 1.2 * generator.standard_normal((PHOTOS, 256))
    rows += generator.standard_normal((PHOTOS, 1)) * 3.0 * generator.standard_normal(256)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.arange(PHOTOS)[:, None] % KINDS == np.arange(KINDS)
    return PhotoLibrary("made up", rows.astype(np.float16), labels, np.arange(PHOTOS))


def test_what_is_learnt_is_better_than_what_is_alike(library: PhotoLibrary, tmp_path: Path) -> None:
    measured = measure(library, [5], 2, 0)
    of_way = {each.method: each.precision for each in measured if each.seed == 0}
    assert of_way[PRODUCT] > of_way[COSINE]
    assert of_way[PRODUCT] > 0.9
    asked = ask(library, 1)
    assert {each.how for each in asked} == {"informative", "likely", "at random"}
    assert all(0.5 < each.average_precision <= 1 for each in asked)
    write_results(measured, asked, ["made up", "to come"], tmp_path)
    written = json.loads((tmp_path / "suggestions.json").read_text("utf-8"))
    assert len(written["precision"]) == len(measured)
    [row] = written["rows"]
    assert row[:2] == ["made up", 5]
    text = (tmp_path / "suggestions.md").read_text("utf-8")
    assert "- measured: made up\n- not finished: to come\n" in text
    assert "mean over albums; mean and standard deviation over 2 seeds." in text
    assert "after 4 times 5 answers" in text
    assert "of one seed, so without a spread:" in text
    assert "miml" not in text


def test_a_report_tells_whose_photos_the_model_has_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["suggestions"])
    measured = [Precision("miml", 5, seed, PRODUCT, 0.9) for seed in range(2)]
    measured.append(Precision("miml", 5, 0, COSINE, 0.8))
    write_results(measured, [], ["miml"], tmp_path)
    text = (tmp_path / "suggestions.md").read_text("utf-8")
    assert "- measured: miml\n- miml: the bundled embedding was made from these photos too" in text
    assert "standard deviation over 1 or 2 seeds." in text
    assert "| miml | 5 | 0.900 ± 0.000 | 0.800 |" in text


def test_nothing_is_precise_where_labels_mean_nothing(library: PhotoLibrary) -> None:
    labels = np.random.default_rng(1).permutation(library.labels)
    random = PhotoLibrary("random", library.embeddings, labels, library.groups)
    found: list[Precision] = measure(random, [5], 1, 0)
    assert all(abs(each.precision - 1 / KINDS) < 0.15 for each in found)
