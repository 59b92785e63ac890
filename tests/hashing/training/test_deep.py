"""Training of the network under the hash layer: what changes, what does not, what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.codes import CODE_FORMAT, unpack
from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.efficientnet_lite import EfficientNetLite0
from desktopsearch.hashing.backbones.weights import (
    BACKBONE,
    BACKBONE_SHA256,
    load_backbone,
    load_pinned,
)
from desktopsearch.hashing.devices import CPU
from desktopsearch.hashing.embedding import EmbeddingNetwork
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import ModelManifest, load_model, save_model
from desktopsearch.hashing.objectives.registry import OBJECTIVES
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.preprocess import PREPROCESSING
from desktopsearch.hashing.training.checkpoints import CHECKPOINT_FILE
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.deep import deep_training
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.inputs import FrozenInputs, PartOfInputs, Photos
from desktopsearch.hashing.training.loop import Training
from desktopsearch.hashing.training.pictures import PictureFeatures
from desktopsearch.hashing.training.plan import DeepPlan, EpochReport, TrainingPlan, TunedNetwork
from desktopsearch.hashing.training.preparation import never, prepare
from desktopsearch.hashing.training.training_set import DeepTrainingSet, TrainingSet
from desktopsearch.hashing.training.validation import LabelRanking
from desktopsearch.hashing.training.views import drawn_views
from tests.hashing.training.made_up import layer_of
from tests.hashing.training.test_checkpoints import check_equal
from tests.hashing.training.tiny import Coloured, coloured, tiny_backbone
from tests.textures import KINDS, texture

PLAN = DeepPlan("ssdh_sup", 16, epochs=3, device="cpu", stages=1)


@cache
def pictures(number: int = 240, labelled: int = 120) -> Coloured:
    return coloured(number, labelled)


def run(plan: DeepPlan, made: Coloured, folder: Path | None = None) -> list[EpochReport]:
    return list(
        deep_training(made.training, plan, made.backbone, made.embedding, checkpoints=folder).run()
    )


def tuned_of(reports: Sequence[EpochReport]) -> TunedNetwork:
    assert [report.tuned is not None for report in reports] == [False] * (len(reports) - 1) + [True]
    tuned = reports[-1].tuned
    assert tuned is not None
    return tuned


@pytest.mark.parametrize(("name", "stages"), [("ssdh_sup", 1), ("ssdh_semi", None)])
def test_a_network_learns_what_its_embeddings_do_not_tell(name: str, stages: int | None) -> None:
    made = coloured(400, 240)
    unseen = np.arange(240, 400)
    judge = LabelRanking(np.eye(4, dtype=np.bool_)[unseen % 4], unseen)
    deep = run(DeepPlan(name, 16, epochs=24, device="cpu", stages=stages), made)
    taught = judge(layer_of(deep).codes(made.embeddings_by(tuned_of(deep))[unseen]))
    head = layer_of(list(train_head(made.photos, TrainingPlan(name, 16, device="cpu"))))
    blind = judge(head.codes(made.photos.embeddings[unseen]))
    assert taught is not None
    assert blind is not None
    assert blind < 0.35
    assert taught > blind + 0.2


@pytest.mark.parametrize("stages", [1, None])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_frozen_stages_and_statistics_stay(name: str, stages: int | None) -> None:
    made = pictures()
    found = run(replace(PLAN, objective=name, stages=stages), made)
    tuned = tuned_of(found)
    assert found[-1].chosen is not None
    for report in found[1:]:
        assert all(np.isfinite(value) for value in report.terms.values())
    # What was trained is pulled out of the memory, whichever epoch was chosen.
    for weight, before in made.backbone.state_dict().items():
        after = torch.tensor(tuned.backbone[weight])
        original = before.half() if before.is_floating_point() and before.ndim > 1 else before
        if weight.startswith("first") and stages == 1:
            assert torch.equal(after, original), weight
        if "running" in weight or "batches" in weight:
            assert torch.equal(after, before), weight
    changed = [
        weight
        for weight, before in tiny_backbone().state_dict().items()
        if not torch.equal(made.backbone.state_dict()[weight], before)
    ]
    assert changed == []  # the caller's network


@pytest.mark.parametrize("stages", [1, None])
def test_what_is_not_frozen_moves(stages: int | None) -> None:
    made = coloured(240, 200)
    plan = replace(PLAN, stages=stages, epochs=12)
    tuned = tuned_of(run(plan, made))
    for weight, before in made.backbone.named_parameters():
        moved = (torch.tensor(tuned.backbone[weight]).float() - before.detach().half()).abs().max()
        assert (float(moved) > 1e-3) == (stages is None or weight.startswith("second")), weight


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        replace(PLAN, stages=None, objective="ssdh_semi"),
        replace(PLAN, objective="dsrh", skip_stage=0),
        replace(PLAN, stages=None, objective="usdh"),
        replace(PLAN, objective="ddh"),
    ],
)
def test_an_interrupted_deep_training_ends_as_if_it_had_not_been(
    tmp_path: Path, plan: DeepPlan
) -> None:
    made = pictures()
    whole = run(plan, made)
    steps = count()
    with pytest.raises(Cancelled):
        list(
            deep_training(
                made.training,
                plan,
                made.backbone,
                made.embedding,
                stop=lambda: next(steps) > 25,  # after the first epoch
                checkpoints=tmp_path,
            ).run()
        )
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]
    again = run(plan, made, tmp_path)
    check_equal(again, whole)
    one, other = tuned_of(again), tuned_of(whole)
    np.testing.assert_array_equal(one.embedding.weight, other.embedding.weight)
    for name, values in one.backbone.items():
        np.testing.assert_array_equal(values, other.backbone[name])
    assert list(tmp_path.iterdir()) == []


def test_a_skip_reaches_the_embedding() -> None:
    made = coloured(240, 200)
    plan = DeepPlan("dsrh", 16, epochs=12, device="cpu", stages=1, skip_stage=0)
    found = run(plan, made)
    tuned = tuned_of(found)
    assert tuned.skip_stage == 0
    features = made.backbone.features
    assert tuned.embedding.weight.shape == (16, features + 3)
    assert np.abs(tuned.embedding.weight[:, features:]).max() > 1e-3
    assert made.embeddings_by(tuned).shape == (240, 16)


@pytest.mark.parametrize("stages", [1, None])
def test_a_batch_may_lack_turned_pictures(
    monkeypatch: pytest.MonkeyPatch, stages: int | None
) -> None:
    monkeypatch.setattr("desktopsearch.hashing.training.pictures.LARGEST_ROTATED", 1)
    found = run(replace(PLAN, objective="usdh", stages=stages, epochs=1), pictures())
    assert found[-1].terms["rotation"] > 0


def test_turned_pictures_reach_the_method_that_wants_them() -> None:
    made = pictures()
    found = run(replace(PLAN, objective="usdh", stages=1), made)
    assert found[-1].terms["rotation"] > 0
    assert "rotation" not in run(replace(PLAN, objective="ddh"), made)[-1].terms


def test_what_frozen_stages_gave_is_kept_where_asked(tmp_path: Path) -> None:
    made = pictures()
    asked = 0

    def counted(rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        nonlocal asked
        asked += len(rows)
        wanted: NDArray[np.uint8] = made.pixels[rows]
        return wanted

    def train(plan: DeepPlan) -> list[EpochReport]:
        training = DeepTrainingSet(made.photos, counted)
        return list(
            deep_training(training, plan, made.backbone, made.embedding, cache=tmp_path).run()
        )

    first = train(PLAN)
    assert asked > 200
    assert len(list(tmp_path.iterdir())) == 2
    asked = 0
    check_equal(train(PLAN), first)
    train(replace(PLAN, objective="dsrh", epochs=1))
    assert asked < 10
    train(replace(PLAN, seed=1, epochs=1))
    assert asked > 200


def test_what_cannot_be_trained_is_refused_at_once() -> None:
    made = pictures()
    with pytest.raises(DesktopSearchError) as raised:
        deep_training(made.training, replace(PLAN, bits=24), made.backbone, made.embedding).run()
    assert raised.value.code is ProblemCode.BITS_INVALID
    for stages in (0, 3):
        with pytest.raises(BugError):
            deep_training(
                made.training, replace(PLAN, stages=stages), made.backbone, made.embedding
            ).run()
    ranking = replace(PLAN, objective="dsrh")
    for skip in (-1, 1, 2):
        plan = replace(ranking, skip_stage=skip)
        with pytest.raises(BugError, match=f"a skip of stage {skip} of 2"):
            deep_training(made.training, plan, made.backbone, made.embedding).run()
    for name in set(OBJECTIVES) - {"dsrh"}:
        plan = replace(PLAN, objective=name, skip_stage=0)
        with pytest.raises(BugError, match=f"{name} knows no skip"):
            deep_training(made.training, plan, made.backbone, made.embedding).run()


def _textures(number: int, px: int) -> NDArray[np.uint8]:
    drawn = (texture(KINDS[row % len(KINDS)], row).resize((px, px)) for row in range(number))
    return np.stack([np.asarray(each) for each in drawn])


def test_real_pictures_through_the_last_stage_and_a_stored_model(tmp_path: Path) -> None:
    number, px = 48, 64
    kinds, pixels = np.arange(number) % len(KINDS), _textures(number, px)
    backbone = load_pinned(BACKBONE)
    with torch.inference_mode():
        features = backbone(backbone.normalised(torch.from_numpy(pixels))).numpy()
    embedding = fit_pca(features, 32, 0.5)
    unused = HashLayer(np.zeros((32, 32), np.float32), np.zeros(32, np.float32))
    network = HashingNetwork(backbone, embedding, unused).eval()
    with torch.inference_mode():
        stored = network.embed(network.features(torch.from_numpy(pixels))).half().numpy()
    photos = TrainingSet(stored, np.eye(len(KINDS), dtype=np.bool_)[kinds], np.arange(number))
    plan = DeepPlan("ssdh_sup", 32, epochs=2, device="cpu", stages=1, views=2)
    prepared = prepare(photos, plan)
    source = PictureFeatures(
        prepared, lambda rows: pixels[rows], plan, network, CPU, never, tmp_path / "frozen"
    )
    found = list(Training(source, prepared, plan).run())
    tuned = tuned_of(found)
    layer = layer_of(found)
    assert found[-1].chosen != 0
    manifest = ModelManifest(
        name="tuned",
        version="1",
        backbone=BACKBONE,
        backbone_sha256=BACKBONE_SHA256,
        pooling=EfficientNetLite0.pooling,
        preprocessing=PREPROCESSING,
        input_px=px,
        embedding_dimensions=32,
        bits=32,
        code_format=CODE_FORMAT,
        created_by="a test",
    )
    folder = tmp_path / "tuned"
    save_model(folder, manifest, tuned.embedding, layer, tuned.backbone)
    model = load_model(folder)
    encoder = EmbeddingNetwork(load_backbone(model.manifest, folder), model.embedding)
    seen = torch.from_numpy(_textures(200, px))
    cut = CutNetwork(network, 1)
    with torch.inference_mode():
        by_model = model.layer.codes(encoder(seen).numpy())
        in_memory = layer.codes(cut.embeddings(cut.frozen_part(seen)).half().numpy())
    assert (unpack(by_model) != unpack(in_memory)).mean() <= 0.001


def test_a_stored_network_gives_the_codes_of_the_one_in_memory(tmp_path: Path) -> None:
    made = coloured(1_000, 200)
    plan = replace(PLAN, epochs=10)
    prepared = prepare(made.photos, plan)
    unused = HashLayer(np.zeros((16, 16), np.float32), np.zeros(16, np.float32))
    network = HashingNetwork(tiny_backbone(), made.embedding, unused)
    source = PictureFeatures(prepared, made.training.pictures, plan, network, CPU, never, tmp_path)
    found = list(Training(source, prepared, plan).run())
    assert found[-1].chosen != 0
    layer = layer_of(found)
    in_memory = layer.codes(source.embeddings(np.arange(len(prepared.rows))))
    stored = layer.codes(made.embeddings_by(tuned_of(found))[prepared.rows])
    assert (unpack(in_memory) != unpack(stored)).mean() <= 0.001


def test_trainings_share_what_frozen_stages_gave(tmp_path: Path) -> None:
    made = pictures()
    network = CutNetwork(
        HashingNetwork(tiny_backbone(), made.embedding, _untrained(made), None), PLAN.stages
    )
    everything = Photos(made.training.pictures, np.arange(240), drawn_views(PLAN.views))
    outputs = FrozenInputs(everything, network, CPU, tmp_path, 0, never)
    rows = np.arange(0, 240, 2)

    def trained() -> list[EpochReport]:
        some = DeepTrainingSet(made.photos.subset(rows), _no_pictures)
        part = PartOfInputs(outputs, rows)
        return list(deep_training(some, PLAN, made.backbone, made.embedding, outputs=part).run())

    def _no_pictures(wanted: NDArray[np.int64]) -> NDArray[np.uint8]:
        # One tells how large they are.
        assert len(wanted) == 1
        return made.training.pictures(rows[wanted])

    first, second = trained(), trained()
    assert first[-1].chosen is not None
    assert np.array_equal(layer_of(first).weight, layer_of(second).weight)
    assert first[-1].terms.keys() == run(PLAN, made)[-1].terms.keys()


def test_what_a_training_goes_through_is_known_beforehand() -> None:
    made = pictures()
    plan = replace(PLAN, epochs=None, steps=200)
    training = deep_training(made.training, plan, made.backbone, made.embedding)
    extent = training.extent()
    reports = run(plan, made)
    assert extent.epochs == reports[0].epochs
    # Ten steps an epoch or more, of a batch each.
    assert extent.learnt * extent.epochs >= 200 * 16
    # All photos but those that the choice is made by, and these.
    assert extent.looked_at == 240
    with pytest.raises(Cancelled):
        list(
            deep_training(
                made.training, plan, made.backbone, made.embedding, stop=lambda: True
            ).run()
        )


def _untrained(made: Coloured) -> HashLayer:
    return HashLayer(
        np.zeros((16, len(made.embedding.weight)), np.float32), np.zeros(16, np.float32)
    )
