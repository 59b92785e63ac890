"""Evaluation with real children on generated pictures, and on real photos where there are some."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from desktopsearch.config import Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.services.evaluation import Evaluation, Phase, evaluate
from tests.textures import KINDS, jpeg, texture

MODEL = bundled_model_folder()
SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")
EACH = 6


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of textures."""
    folder = tmp_path_factory.mktemp("classes")
    for kind in KINDS:
        (folder / kind).mkdir()
        for seed in range(EACH):
            (folder / kind / f"{seed}.jpg").write_bytes(jpeg(texture(kind, seed)))
    return folder


@pytest.fixture(scope="module")
def bundled(classes: Path) -> Evaluation:
    return evaluate(classes, MODEL, load_model(MODEL).layer, SETTINGS, k=5)


def test_textures_of_a_kind_are_found_by_the_bundled_codes(bundled: Evaluation) -> None:
    assert (bundled.photos, bundled.queries, bundled.unreadable) == (18, 18, 0)
    assert (bundled.bits, bundled.k) == (256, 5)
    # By chance 5 of the 17 others belong to the query.
    assert bundled.mean_ap > 0.6
    assert bundled.precision_at_k > 0.5
    assert bundled.mean_ap_at_k > 0.4
    assert bundled.ndcg_at_k > 0.5
    assert bundled.embedding_mean_ap > 0.6
    # With so few photos the second stage orders all of them, by what the ceiling is made of.
    assert bundled.reranked_mean_ap == pytest.approx(bundled.embedding_mean_ap, abs=1e-3)
    assert 0.6 < bundled.finer_mean_ap <= 1.0
    assert max(bundled.mean_ap, bundled.embedding_mean_ap, bundled.ndcg_at_k) <= 1.0


def test_bits_fit_a_layer_on_the_spot(classes: Path, bundled: Evaluation) -> None:
    fitted = evaluate(classes, MODEL, 32, SETTINGS, k=5)
    assert fitted.bits == 32
    assert fitted.mean_ap > 0.5
    assert fitted.embedding_mean_ap == pytest.approx(bundled.embedding_mean_ap, abs=0.01)


def test_unreadable_files_and_exact_copies_do_not_count(
    classes: Path, bundled: Evaluation, tmp_path: Path
) -> None:
    folder = tmp_path / "classes"
    shutil.copytree(classes, folder)
    (folder / "checks" / "broken.jpg").write_bytes(b"no picture")
    # Copies under another label would be the first and wrong answers.
    (folder / "again").mkdir()
    shutil.copy(folder / "checks" / "0.jpg", folder / "again" / "0.jpg")
    found = evaluate(folder, MODEL, load_model(MODEL).layer, SETTINGS, k=5)
    assert found.unreadable == 1
    assert found.photos == 19
    assert found.queries == 18  # nothing belongs to the only photo of "again"
    assert found.mean_ap == pytest.approx(bundled.mean_ap, abs=0.08)


def test_a_table_with_missing_files_counts_them_as_unreadable(
    classes: Path, tmp_path: Path
) -> None:
    shutil.copytree(classes / "blobs", tmp_path / "images")
    shutil.copytree(classes / "checks", tmp_path / "checks")
    rows = [f"{seed}.jpg,round many" for seed in range(4)]
    rows += [f"checks/{seed}.jpg,square many" for seed in range(4)] + ["gone.jpg,round"]
    (tmp_path / "labels.csv").write_text("\n".join(["file,labels", *rows]), encoding="utf-8")
    found = evaluate(tmp_path, MODEL, load_model(MODEL).layer, SETTINGS, k=3)
    assert (found.photos, found.queries, found.unreadable) == (8, 8, 1)
    # All share "many", so all are relevant; only the graded figure knows the difference.
    assert found.mean_ap == pytest.approx(1.0)
    assert found.finer_mean_ap == found.reranked_mean_ap == pytest.approx(1.0)
    assert 0.5 < found.ndcg_at_k <= 1.0


def test_progress_is_told_and_can_cancel(classes: Path) -> None:
    told: list[tuple[Phase, int, int]] = []
    layer = load_model(MODEL).layer
    evaluate(classes, MODEL, layer, SETTINGS, 5, lambda *step: told.append(step))
    assert told == [(Phase.ENCODING, done, 18) for done in range(1, 19)] + [
        (Phase.COMPARING, 18, 18)
    ]

    def stop(_phase: Phase, done: int, _total: int) -> None:
        if done == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(classes, MODEL, layer, SETTINGS, 5, stop)
    assert not multiprocessing.active_children()


def test_too_few_and_unrelated_photos_are_refused(classes: Path, tmp_path: Path) -> None:
    for kind in KINDS[:2]:
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "0.jpg").write_bytes(b"no picture")
    layer = load_model(MODEL).layer
    with pytest.raises(DesktopSearchError) as caught:
        evaluate(tmp_path, MODEL, layer, SETTINGS)
    assert caught.value.code is ProblemCode.EVALUATE_TOO_FEW
    for kind in KINDS[:2]:
        shutil.copy(classes / kind / "0.jpg", tmp_path / kind)
    with pytest.raises(DesktopSearchError) as caught:
        evaluate(tmp_path, MODEL, layer, SETTINGS)
    assert caught.value.code is ProblemCode.EVALUATE_NOTHING_SHARED


def test_impossible_bits_are_refused_before_any_photo_is_read(classes: Path) -> None:
    told: list[int] = []
    with pytest.raises(DesktopSearchError) as caught:
        evaluate(classes, MODEL, 264, SETTINGS, 5, lambda _phase, done, _total: told.append(done))
    assert caught.value.code is ProblemCode.BITS_INVALID
    assert not told


def test_evaluation_needs_neither_torch_nor_pillow_nor_a_library() -> None:
    script = (
        "import sys\n"
        "import desktopsearch.services.evaluation\n"
        "assert not {'torch', 'PIL', 'sqlalchemy', 'faiss'} & set(sys.modules), 'imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.photos
def test_real_flowers_of_a_kind_are_found(tmp_path: Path) -> None:
    data = os.environ.get("DESKTOPSEARCH_DATA")
    if not data:
        pytest.skip("DESKTOPSEARCH_DATA does not name the folder of the real photos")
    with zipfile.ZipFile(Path(data, "flowers17.zip")) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith(".jpg"))
        for name in names[::8]:
            pack.extract(name, tmp_path)
    found = evaluate(
        tmp_path / "flowers17",
        MODEL,
        load_model(MODEL).layer,
        replace(SETTINGS, decoder_processes=2),
    )
    assert (found.photos, found.queries, found.unreadable) == (170, 170, 0)
    # By chance 9 of the 169 others belong to the query: 0.05.
    assert found.precision_at_k > 0.35
    assert found.mean_ap > 0.35
    assert found.embedding_mean_ap > found.mean_ap
