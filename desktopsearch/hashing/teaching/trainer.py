"""The trainer role: a child process that teaches a hash layer from albums and proves its worth.

Sees embeddings and labels, never a photo, a path or a name. What is finished is kept beside the
checkpoints, so that a child that was killed goes on where it was.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.devices import choose_device, device_name
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import write_whole
from desktopsearch.hashing.teaching.deep_teaching import taught_deeply
from desktopsearch.hashing.teaching.examples import ExampleSearch, example_searches
from desktopsearch.hashing.teaching.folds import FOLDS, Searched
from desktopsearch.hashing.teaching.judging import folds_for, neighbours_kept
from desktopsearch.hashing.teaching.messages import EpochTaught, Taught, Teach, TrainerOptions
from desktopsearch.hashing.teaching.near_copies import near_copy_groups
from desktopsearch.hashing.teaching.proof import Proof, prove
from desktopsearch.hashing.teaching.side_by_side import MOST_AT_ONCE, side_by_side
from desktopsearch.hashing.teaching.telling import Telling
from desktopsearch.hashing.training.checkpoints import CHECKPOINT_FILE, digest_of
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from desktopsearch.ipc.messages import Message

_FULL = {errno.ENOSPC, errno.EDQUOT}


def create(options: bytes) -> Trainer:
    """Choose the device; the factory of the role."""
    wanted = msgspec.msgpack.decode(options, type=TrainerOptions)
    if wanted.threads:
        torch.set_num_threads(wanted.threads)
    # Two lessons that both spread NumPy's products over all cores hinder each other.
    threadpool_limits(1, user_api="blas")
    return Trainer(wanted)


class Trainer:
    """Answers ``Teach``."""

    requests = Teach

    def __init__(self, wanted: TrainerOptions) -> None:
        self._wanted = wanted
        self.detail = device_name(choose_device(wanted.device))

    def handle(self, request: Teach) -> Iterator[Message]:
        """Yield ``EpochTaught`` after each epoch, at last ``Taught``.

        Raises:
            DesktopSearchError: As ``train_head`` does; LIBRARY_DISK_FULL or LIBRARY_UNWRITABLE
                where nothing can be kept.
        """
        try:
            yield from self._taught(request)
        except OSError as error:
            raise _unkept(request.checkpoints, error) from error

    def _taught(self, request: Teach) -> Iterator[Message]:
        photos = _photos_of(request)
        plan = TrainingPlan(
            request.objective,
            request.bits,
            seed=request.seed,
            epochs=request.epochs,
            device=self._wanted.device,
        )
        if request.below is not None:
            yield from taught_deeply(request, request.below, photos, plan, self._wanted)
            return
        old = HashLayer.from_bytes(request.old_layer)
        folds = folds_for(photos, plan, FOLDS)
        course = _Course(replace(plan, every_photo=True), Path(request.checkpoints))
        sets = [_Learning(photos, None)]
        for fold in folds:
            # Of a photo that was only rejected nobody knows where else it belongs.
            judged = fold.held_out[photos.labelled[fold.held_out]]
            sets += [_Learning(photos.subset(fold.seen), photos.subset(judged))]
        lessons = yield from self._lessons(course, sets)
        layer, chosen = lessons[0].layer, lessons[0].chosen
        proof: Proof | None = None
        examples: list[ExampleSearch] = []
        if folds:
            rows = np.arange(len(photos.embeddings))
            searched = [Searched(rows, each.layer.codes(photos.embeddings)) for each in lessons[1:]]
            generator = np.random.default_rng(plan.seed)
            proof = prove(photos, old, folds, searched, generator)
            examples = example_searches(photos, old, folds, searched, generator)
        before, kept = neighbours_kept(
            photos, old, lambda rows: layer.codes(photos.embeddings[rows]), plan.seed
        )
        yield Taught(layer.to_bytes(), chosen, proof, before, kept, examples)

    def _lessons(
        self, course: _Course, sets: Sequence[_Learning]
    ) -> Generator[EpochTaught, None, list[_Learnt]]:
        """Yield each epoch of each lesson; return what was learnt from each set."""
        at_once = 1
        if len(sets) > 1 and choose_device(self._wanted.device).type == "cpu":
            at_once = min(torch.get_num_threads(), MOST_AT_ONCE)
        if at_once > 1:
            # A thread of torch for each lesson; products this small are not worth spreading.
            torch.set_num_threads(1)
        learnt: dict[int, _Learnt] = {}
        telling = Telling(len(sets))
        works = [partial(course.teach, each, number) for number, each in enumerate(sets)]
        for told in side_by_side(works, at_once):
            if isinstance(told, _Learnt):
                learnt[told.lesson] = told
                telling.ended(told.lesson)
            else:
                yield telling.epoch(*told)
        return [learnt[number] for number in range(len(sets))]


class _Learning(NamedTuple):
    """What a lesson learns from, and what it is judged on meanwhile."""

    photos: TrainingSet
    judged: TrainingSet | None


class _Told(NamedTuple):
    """An epoch of a lesson."""

    lesson: int
    report: EpochReport


class _Learnt(NamedTuple):
    """What a lesson came to."""

    lesson: int
    layer: HashLayer
    chosen: int


@dataclass(frozen=True, slots=True)
class _Course:
    """All lessons of one teaching."""

    plan: TrainingPlan
    folder: Path

    def teach(
        self, learning: _Learning, number: int, stop: Callable[[], bool]
    ) -> Iterator[_Told | _Learnt]:
        """Yield each epoch, then what it came to; only that if it was taught before."""
        photos, judged = learning
        folder = self.folder / f"lesson-{number}"
        finished = folder / f"{digest_of(self.plan, *photos.arrays())}.layer"
        if finished.exists():
            # It may have been killed between keeping the layer and forgetting the rest.
            (folder / CHECKPOINT_FILE).unlink(missing_ok=True)
            content = finished.read_bytes()
            chosen = int.from_bytes(content[:4], "little")
            yield _Learnt(number, HashLayer.from_bytes(content[4:]), chosen)
            return
        learnt: _Learnt | None = None
        for report in train_head(photos, self.plan, judged=judged, stop=stop, checkpoints=folder):
            yield _Told(number, report)
            # Before the next report is asked for: then the training forgets what it kept.
            if report.chosen is not None and report.layer is not None:
                learnt = _Learnt(number, report.layer, report.chosen)
                content = learnt.chosen.to_bytes(4, "little") + learnt.layer.to_bytes()
                write_whole(finished, content)
        if learnt is None:
            raise BugError("a training ended without a layer")
        yield learnt


def _unkept(folder: str, error: OSError) -> DesktopSearchError:
    if error.errno in _FULL:
        return DesktopSearchError(ProblemCode.LIBRARY_DISK_FULL, path=folder)
    reason = error.strerror or str(error)
    return DesktopSearchError(ProblemCode.LIBRARY_UNWRITABLE, path=folder, reason=reason)


def _photos_of(request: Teach) -> TrainingSet:
    embeddings = np.frombuffer(request.embeddings, "<f2").reshape(-1, request.dimensions)
    labels = np.frombuffer(request.labels, np.bool_).reshape(len(embeddings), request.albums)
    rejections: NDArray[np.bool_] | None = None
    if request.rejections:
        rejections = np.frombuffer(request.rejections, np.bool_).reshape(labels.shape)
    alone = TrainingSet(embeddings, labels, np.arange(len(embeddings)), rejections=rejections)
    return replace(alone, groups=near_copy_groups(embeddings, alone.marked))
