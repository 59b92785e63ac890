"""A deep teaching by the real trainer, through the real backbone, on small pictures."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import wait
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.weights import load_backbone
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import Model, load_model
from desktopsearch.hashing.teaching.deep_codes import codes_of
from desktopsearch.hashing.teaching.deep_costs import Costs, foretold
from desktopsearch.hashing.teaching.deep_course import FOLDS, STAGES
from desktopsearch.hashing.teaching.messages import (
    TRAINER_ROLE,
    Below,
    EpochTaught,
    Foretold,
    Prepared,
    Taught,
    Teach,
    TrainerOptions,
    TrainerReply,
)
from desktopsearch.hashing.teaching.proxy_file import ProxyFile
from desktopsearch.hashing.teaching.trainer import Trainer
from desktopsearch.hashing.training.plan import Extent
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message
from tests.small_model import proxy_of_kind, put_model

PHOTOS, LABELLED, PX, EPOCHS, BITS = 84, 72, 64, 1, 16
DIMENSIONS = 256
# Some tens of seconds of work, and the machine may be busy otherwise.
pytestmark = pytest.mark.timeout(300)
ROLE = Role(TRAINER_ROLE, TrainerReply, "trainer")
OPTIONS = TrainerOptions(device="cpu", threads=1)


class Material:
    """A model, photos of three kinds, and what was said of the first of them."""

    def __init__(self, folder: Path) -> None:
        self.model_folder = put_model(folder, PX, DIMENSIONS)
        self.model: Model = load_model(self.model_folder)
        self.proxies = [proxy_of_kind(number, PX) for number in range(PHOTOS)]
        self.embeddings = np.concatenate(list(self.encoded(self.model_folder, 32)))
        self.lengths = np.array([len(each) for each in self.proxies], dtype="<i8")

    def encoded(self, folder: Path, batch: int) -> list[NDArray[np.float16]]:
        """Encode the photos as a library's are encoded."""
        fingerprint = load_model(folder).manifest.fingerprint
        options = EncoderOptions(str(folder), fingerprint, "cpu", 1)
        return list(encode_proxies(self.proxies, options, batch))

    def request(self, folder: Path, objective: str = "ssdh_sup") -> Teach:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "proxies"
        file.write_bytes(b"".join(self.proxies))
        labels = np.eye(3, dtype=np.bool_)[np.arange(PHOTOS) % 3]
        labels[LABELLED:] = False
        return Teach(
            embeddings=self.embeddings.tobytes(),
            dimensions=self.embeddings.shape[1],
            labels=labels.tobytes(),
            albums=3,
            old_layer=self.model.layer.to_bytes(),
            objective=objective,
            bits=BITS,
            seed=3,
            checkpoints=str(folder),
            epochs=EPOCHS,
            below=Below(
                str(self.model_folder),
                self.model.manifest.fingerprint,
                str(file),
                self.lengths.tobytes(),
                str(folder / ".taught-1"),
                "taught-1",
            ),
        )


def _until_idle(child: ChildProcess, end: int | None = None) -> list[Message | Lost]:
    """Collect what comes until the child is idle or lost, or until so many epochs are over."""
    found: list[Message | Lost] = []
    while child.state in (ChildState.STARTING, ChildState.BUSY):
        wait(child.waitables, 60)
        found += child.receive()
        if end is not None and sum(isinstance(each, EpochTaught) for each in found) >= end:
            break
    return found


def _started() -> ChildProcess:
    child = ChildProcess(ROLE, OPTIONS)
    child.start()
    _until_idle(child)
    assert child.state is ChildState.IDLE
    return child


def _taught(request: Teach) -> list[Message | Lost]:
    child = _started()
    try:
        child.request(request, 100)
        return _until_idle(child)
    finally:
        child.stop()


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return Material(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="module")
def undisturbed(
    material: Material, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Message | Lost]]:
    """A teaching that nothing happens to: its folder, and all that comes of it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return folder, _taught(material.request(folder))


def test_it_says_what_it_will_take_then_learns_and_proves_itself(
    undisturbed: tuple[Path, list[Message | Lost]],
) -> None:
    _, found = undisturbed
    assert not any(isinstance(each, Failed | Broken | Lost) for each in found), found
    foretold, *rest = found
    assert isinstance(foretold, Foretold)
    assert 0 < foretold.low_s < foretold.high_s
    assert 0 < foretold.encoding_s < 1
    prepared = [each for each in rest if isinstance(each, Prepared)]
    assert [(each.photos, each.all_photos) for each in prepared] == [(PHOTOS, PHOTOS)]
    epochs = [each for each in rest if isinstance(each, EpochTaught)]
    assert {each.lesson for each in epochs} == set(range(1 + FOLDS))
    assert [each.share for each in epochs] == sorted(each.share for each in epochs)
    (answer,) = (each for each in found if isinstance(each, Taught))
    assert answer.stages == STAGES
    proof = answer.proof
    assert proof is not None
    assert proof.folds == FOLDS
    assert proof.verdict.queries == LABELLED
    assert proof.figures["new"].mean_ap > proof.figures["old"].mean_ap
    assert 0 < answer.kept <= 1


def test_the_model_gives_the_encoder_of_the_library_the_codes_that_were_judged(
    undisturbed: tuple[Path, list[Message | Lost]], material: Material
) -> None:
    folder, found = undisturbed
    (answer,) = (each for each in found if isinstance(each, Taught))
    made = folder / ".taught-1"
    model = load_model(made)
    assert model.manifest.fingerprint == answer.fingerprint
    assert model.manifest.fingerprint != material.model.manifest.fingerprint
    assert model.manifest.taught_from == material.model_folder.name
    assert model.manifest.backbone_weights == "file"
    assert model.layer.to_bytes() == answer.hash_layer
    assert HashLayer.from_bytes(answer.hash_layer).bits == BITS
    assert sorted(path.name for path in made.iterdir()) == [
        "backbone.safetensors",
        "manifest.json",
        "model.safetensors",
    ]
    # As the trainer judged it, and as a child encodes a library, in batches of another size.
    file = ProxyFile(folder / "proxies", material.lengths)
    assert file.is_whole
    judged = codes_of(file, np.arange(PHOTOS), made, OPTIONS)
    indexed = model.layer.codes(np.concatenate(material.encoded(made, 16)))
    assert np.array_equal(judged, indexed)
    before = material.model.layer.codes(material.embeddings)
    assert judged.shape != before.shape


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX does")
def test_a_killed_deep_teaching_goes_on_and_ends_as_it_would_have(
    undisturbed: tuple[Path, list[Message | Lost]], material: Material, tmp_path: Path
) -> None:
    request = material.request(tmp_path / "killed")
    child = _started()
    child.request(request, 100)
    before = _until_idle(child, end=2 * (EPOCHS + 1) + 1)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    _until_idle(child)
    child.stop()
    after = _taught(request)
    assert any(isinstance(each, Foretold) for each in before)
    # What was begun is not measured anew.
    assert not any(isinstance(each, Foretold) for each in after)
    assert not any(isinstance(each, EpochTaught) and each.lesson == 0 for each in after)
    (resumed,) = (each for each in after if isinstance(each, Taught))
    (whole,) = (each for each in undisturbed[1] if isinstance(each, Taught))
    assert resumed.hash_layer == whole.hash_layer
    assert resumed.fingerprint == whole.fingerprint
    assert resumed.proof == whole.proof


def test_a_model_that_was_replaced_meanwhile_is_refused(material: Material, tmp_path: Path) -> None:
    request = material.request(tmp_path)
    assert request.below is not None
    below = msgspec.structs.replace(request.below, fingerprint="another")
    found = _taught(msgspec.structs.replace(request, below=below))
    assert [each.problem for each in found if isinstance(each, Failed)] == [
        ProblemCode.MODEL_REPLACED
    ]


def test_a_network_with_too_few_stages_is_refused(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = material.request(tmp_path)
    stages = len(load_backbone(material.model.manifest, material.model_folder).stages())
    monkeypatch.setattr("desktopsearch.hashing.teaching.deep_course.STAGES", stages)
    with pytest.raises(DesktopSearchError) as refused:
        list(Trainer(OPTIONS).handle(request))
    assert refused.value.code is ProblemCode.TEACHING_NOT_DEEP


def test_the_forecast_counts_pictures_views_steps_and_looks() -> None:
    costs = Costs(read_s=1.0, frozen_s=10.0, trained_s=100.0, learnt_s=1_000.0)
    one = foretold(costs, 5, 4, [Extent(2, 7, 3)])
    pictures = 5 * (1 + 4 * 10 + 1 * 111)
    training = 2 * 7 * 1_000 + 3 * 3 * 100
    assert one.encoding_s == 111
    assert one.low_s * 1.5 == pytest.approx(pictures + training)
    assert one.high_s / 1.5 == pytest.approx(pictures + 2 * training)
    # With a proof there are more lessons, and photos are encoded by two networks.
    three = foretold(costs, 5, 4, [Extent(2, 7, 3)] * 3)
    assert three.low_s * 1.5 == pytest.approx(pictures + 5 * 111 + 3 * training)
