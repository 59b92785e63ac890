"""A deep teaching from its request to its outcome: lessons one after the other, proof, model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import load_model
from desktopsearch.hashing.teaching.deep_codes import copied
from desktopsearch.hashing.teaching.deep_course import FOLDS, STAGES, DeepCourse, TaughtModel
from desktopsearch.hashing.teaching.deep_lesson import TRAININGS
from desktopsearch.hashing.teaching.examples import ExampleSearch, example_searches
from desktopsearch.hashing.teaching.folds import Searched
from desktopsearch.hashing.teaching.judging import folds_for, neighbours_kept
from desktopsearch.hashing.teaching.messages import Below, Taught, Teach, TrainerOptions
from desktopsearch.hashing.teaching.proof import Proof, prove
from desktopsearch.hashing.teaching.telling import Telling
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from desktopsearch.ipc.messages import Message


def taught_deeply(
    request: Teach, below: Below, photos: TrainingSet, plan: TrainingPlan, options: TrainerOptions
) -> Iterator[Message]:
    """Yield the forecast, what is prepared, each epoch, and what came of it.

    Args:
        request: What is asked for.
        below: Its network.
        photos: Its photos.
        plan: Of the hash layer.
        options: Which device.

    Raises:
        DesktopSearchError: As ``DeepCourse`` and ``deep_training``.
    """
    course = DeepCourse(photos, plan, below, Path(request.checkpoints), options)
    folds = folds_for(photos, plan, FOLDS)
    sets = [np.arange(len(photos.embeddings)), *(fold.seen for fold in folds)]
    foretold = course.foretold(sets)
    if foretold is not None:
        yield foretold
    yield from course.prepare()
    models: list[TaughtModel] = []
    telling = Telling(len(sets), TRAININGS)
    for lesson, rows in enumerate(sets):
        teaching = course.teach(lesson, rows)
        while True:
            try:
                training, report = next(teaching)
            except StopIteration as ended:
                models.append(ended.value)
                break
            yield telling.epoch(lesson, report, training)
        telling.ended(lesson)
    old = HashLayer.from_bytes(request.old_layer)
    proof: Proof | None = None
    examples: list[ExampleSearch] = []
    if folds:
        searched = []
        for model, fold in zip(models[1:], folds, strict=True):
            # Those that its network has learnt the labels of need not be encoded.
            rows = np.union1d(fold.held_out, np.flatnonzero(~photos.marked))
            searched.append(Searched(rows, course.codes(model, rows)))
        generator = np.random.default_rng(plan.seed)
        proof = prove(photos, old, folds, searched, generator)
        examples = example_searches(photos, old, folds, searched, generator)
    counts = models[0]
    before, kept = neighbours_kept(photos, old, partial(course.codes, counts), plan.seed)
    yield Taught(
        load_model(counts.folder).layer.to_bytes(),
        counts.chosen,
        proof,
        before,
        kept,
        examples,
        copied(counts.folder, Path(below.taught)),
        STAGES,
    )
