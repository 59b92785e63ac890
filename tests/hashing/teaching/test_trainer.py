"""Teaching in a real child: layer and proof, and going on after a kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import pytest

from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.teaching import WITHOUT_LABELS
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Labels
from desktopsearch.hashing.objectives.registry import OBJECTIVES
from desktopsearch.hashing.teaching.messages import (
    TRAINER_ROLE,
    EpochTaught,
    Taught,
    Teach,
    TrainerOptions,
    TrainerReply,
)
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.hashing.training.checkpoints import CHECKPOINT_FILE
from desktopsearch.hashing.training.training_set import TrainingSet
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message
from tests.hashing.training.made_up import photos

EPOCHS = 8
ROLE = Role(TRAINER_ROLE, TrainerReply, "trainer")


def _request(taught: TrainingSet, folder: Path, objective: str = "ssdh_sup") -> Teach:
    return Teach(
        embeddings=taught.embeddings.tobytes(),
        dimensions=taught.embeddings.shape[1],
        labels=taught.labels.tobytes(),
        albums=taught.labels.shape[1],
        old_layer=fit_itq(taught.embeddings, 16).to_bytes(),
        objective=objective,
        bits=16,
        seed=3,
        checkpoints=str(folder),
        epochs=EPOCHS,
    )


def _until_idle(
    child: ChildProcess, ended: Callable[[], bool] = lambda: False
) -> list[Message | Lost]:
    """Collect what comes until the child is idle or lost, or until it has come far enough."""
    found: list[Message | Lost] = []
    while child.state in (ChildState.STARTING, ChildState.BUSY):
        wait(child.waitables, 60)
        found += child.receive()
        if ended():
            break
    return found


def _started(threads: int = 1) -> ChildProcess:
    child = ChildProcess(ROLE, TrainerOptions(device="cpu", threads=threads))
    child.start()
    _until_idle(child)
    assert child.state is ChildState.IDLE
    return child


@pytest.fixture(scope="module")
def taught() -> TrainingSet:
    return photos(300, 4, 160, noise=2.5)


@pytest.fixture(scope="module")
def undisturbed(
    taught: TrainingSet, tmp_path_factory: pytest.TempPathFactory
) -> list[Message | Lost]:
    """All that comes of a teaching that nothing happens to."""
    child = _started()
    try:
        child.request(_request(taught, tmp_path_factory.mktemp("undisturbed")), 60)
        return _until_idle(child)
    finally:
        child.stop()


def test_albums_that_mean_something_are_learnt_and_proven(
    undisturbed: list[Message | Lost],
) -> None:
    found = undisturbed
    assert not any(isinstance(each, Failed | Broken | Lost) for each in found), found
    epochs = [each for each in found if isinstance(each, EpochTaught)]
    assert {each.lesson for each in epochs} == set(range(6))
    assert {each.lessons for each in epochs} == {6}
    # What counts learns from every label; a fold keeps some, which tell how well it finds.
    judged = {each.lesson for each in epochs if each.validation is not None}
    assert judged == {1, 2, 3, 4, 5}
    for lesson in judged:
        first, *_, last = [each.validation for each in epochs if each.lesson == lesson]
        assert first is not None
        assert last is not None
        assert first < last < 1
    shares = [each.share for each in epochs]
    assert shares == sorted(shares)
    assert 0 < shares[1] < 1 / 6
    assert 5 / 6 < shares[-1] <= 1
    (answer,) = (each for each in found if isinstance(each, Taught))
    assert HashLayer.from_bytes(answer.hash_layer).bits == 16
    proof = answer.proof
    assert proof is not None
    assert proof.verdict.finding is Finding.BETTER
    assert proof.verdict.queries == 160
    assert proof.figures["new"].mean_ap > proof.figures["old"].mean_ap + 0.02
    assert [album.queries for album in proof.albums] == [40] * 4
    assert set(proof.figures) == {"old", "new", "itq", "embedding"}
    assert 0 < answer.kept <= 1
    assert 0 < answer.kept_before <= 1


def test_without_labels_there_is_a_layer_and_no_proof(tmp_path: Path) -> None:
    child = _started()
    try:
        child.request(_request(photos(200, 4, 0), tmp_path, "ddh"), 60)
        found = _until_idle(child)
    finally:
        child.stop()
    (answer,) = (each for each in found if isinstance(each, Taught))
    assert answer.proof is None


def test_the_methods_that_are_said_to_do_without_labels_are_those() -> None:
    without = {name for name, kind in OBJECTIVES.items() if kind.requirements.labels is Labels.NONE}
    assert without == set(WITHOUT_LABELS)


def test_albums_too_small_to_hold_any_out_are_learnt_from_and_nothing_is_proven(
    tmp_path: Path,
) -> None:
    child = _started()
    try:
        child.request(_request(photos(200, 4, 20), tmp_path), 60)
        found = _until_idle(child)
    finally:
        child.stop()
    assert not any(isinstance(each, Failed | Broken | Lost) for each in found), found
    assert {each.lessons for each in found if isinstance(each, EpochTaught)} == {1}
    (answer,) = (each for each in found if isinstance(each, Taught))
    assert answer.proof is None


def test_what_cannot_be_kept_is_told_of_and_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "lesson-0").write_bytes(b"in the way")
    child = _started()
    try:
        child.request(_request(photos(200, 4, 0), tmp_path, "ddh"), 60)
        found = _until_idle(child)
    finally:
        child.stop()
    assert [each.problem for each in found if isinstance(each, Failed)] == [
        ProblemCode.LIBRARY_UNWRITABLE
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX does")
def test_a_killed_teaching_goes_on_and_ends_as_it_would_have(
    taught: TrainingSet, undisturbed: list[Message | Lost], tmp_path: Path
) -> None:
    # Side by side, where the undisturbed one had its lessons one after the other.
    request = _request(taught, tmp_path / "killed")
    child = _started(threads=2)
    child.request(request, 60)

    def over() -> set[int]:
        layers = (tmp_path / "killed").glob("lesson-*/*.layer")
        return {int(layer.parent.name.removeprefix("lesson-")) for layer in layers}

    before = _until_idle(child, ended=lambda: bool(over()))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    _until_idle(child)
    child.stop()
    told = [each.lesson for each in before if isinstance(each, EpochTaught)]
    assert told != sorted(told)
    done = over()
    assert 0 < len(done) < 6
    for lesson in done:
        # As if it had died before it forgot what it had kept for going on.
        (tmp_path / "killed" / f"lesson-{lesson}" / CHECKPOINT_FILE).touch()
    child = _started(threads=2)
    try:
        child.request(request, 60)
        after = _until_idle(child)
    finally:
        child.stop()
    epochs = [each for each in after if isinstance(each, EpochTaught)]
    assert {each.lesson for each in epochs} == set(range(6)) - done
    assert epochs[0].share >= len(done) / 6
    (resumed,) = (each for each in after if isinstance(each, Taught))
    (whole,) = (each for each in undisturbed if isinstance(each, Taught))
    assert resumed.hash_layer == whole.hash_layer
    assert resumed.proof == whole.proof
    # Of all checkpoints nothing is left but the layers.
    kept = [path for path in (tmp_path / "killed").rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} == {".layer"}
    assert len(kept) == 6


def test_labels_that_mean_nothing_are_not_found_better(taught: TrainingSet, tmp_path: Path) -> None:
    shuffled = np.random.default_rng(0).permutation(taught.labels[:160])
    labels = np.concatenate([shuffled, taught.labels[160:]])
    child = _started()
    try:
        nonsense = TrainingSet(taught.embeddings, labels, taught.groups)
        child.request(_request(nonsense, tmp_path), 60)
        found = _until_idle(child)
    finally:
        child.stop()
    (answer,) = (each for each in found if isinstance(each, Taught))
    assert answer.proof is not None
    assert answer.proof.verdict.finding is Finding.NOT_BETTER
