"""One simulated teaching at a time: a way of ranking, and a library with some labels."""

from __future__ import annotations

import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison import EMBEDDING
from benchmarks.logistic import class_scores
from benchmarks.rivals import ITQ
from benchmarks.teaching_protocol import PhotoLibrary, Rank, judge, label_some
from desktopsearch.domain.rankings import rank_codes, rank_vectors, unit_rows
from desktopsearch.domain.teaching import choose_objective
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.near_copies import near_copy_groups
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet

BUNDLED = "bundled codes"
LOGISTIC = "logistic regression"


class Trial(msgspec.Struct, frozen=True):
    """What is measured."""

    pack: str
    labels: int
    """That are given away of each album."""
    seed: int
    """Of the labels that are given away and of all fitting."""
    method: str
    """An objective's id or a rival's name."""
    bits: int | None
    """None for vectors."""

    @property
    def name(self) -> str:
        """To keep its result under."""
        method = self.method.replace(" ", "-").replace(",", "")
        return f"{self.pack}-{self.labels:02}-{self.seed}-{method}-{self.bits or 'float'}"


class Result(msgspec.Struct, frozen=True):
    """What a trial came to."""

    trial: Trial
    figures: dict[str, float]
    """As ``judge`` names them."""
    fit_s: float
    """Processor time of fitting or teaching, which bears a busy machine."""
    labelled: int
    judged: int
    chosen: int | None
    """Epoch that the training took; 0 is its start, ITQ. None for rivals."""
    auto: bool
    """Whether it is the objective that the product would choose."""
    commit: str
    """Of the program."""


class Classroom:
    """A library of which some photos are labelled, and the ways of ranking the others."""

    def __init__(
        self,
        library: PhotoLibrary,
        labels: int,
        seed: int,
        bundled: HashLayer,
        commit: str,
        epochs: int | None = None,
    ) -> None:
        """Give labels away.

        Args:
            library: The photos.
            labels: For each album.
            seed: Draws them; also of all fitting.
            bundled: The model's own layer.
            commit: Of the program, for the record.
            epochs: Of each training; by default as many as the objective wants.

        Raises:
            ValueError: An album has too few photos.
        """
        self._library = library
        self._labels = labels
        self._seed = seed
        self._bundled = bundled
        self._commit = commit
        self._epochs = epochs
        self._labelled = label_some(library, labels, np.random.default_rng(seed))

    @property
    def objective(self) -> str:
        """What the product would choose."""
        labels = self._library.labels
        return choose_objective(labels[self._labelled], len(labels)).objective

    def trial(self, method: str, bits: int | None) -> Trial:
        """Name what ``measure`` measures."""
        return Trial(self._library.name, self._labels, self._seed, method, bits)

    def measure(self, trial: Trial) -> Result:
        """Fit on all photos, with the labels that were given away; judge on the others.

        Raises:
            DesktopSearchError: TRAINING_...
        """
        began = time.process_time()
        chosen: int | None = None
        judged = ~self._labelled
        embeddings = self._library.embeddings[judged]
        rank: Rank
        if trial.bits is None:
            rank = by_vectors(self._vectors(trial.method, embeddings))
        else:
            layer, chosen = self._layer(trial.method, trial.bits)
            rank = by_codes(layer.codes(embeddings))
        fit_s = time.process_time() - began
        figures = judge(rank, self._library.labels[judged], self._library.groups[judged])
        counts = int(self._labelled.sum()), int(judged.sum())
        auto = trial.method == self.objective
        return Result(trial, figures, fit_s, *counts, chosen, auto, self._commit)

    def _vectors(self, method: str, embeddings: NDArray[np.float16]) -> NDArray[np.float32]:
        if method == EMBEDDING:
            return unit_rows(embeddings)
        known = self._photos().subset(np.flatnonzero(self._labelled))
        return class_scores(known, embeddings, np.random.default_rng(self._seed))

    def _layer(self, method: str, bits: int) -> tuple[HashLayer, int | None]:
        if method == BUNDLED:
            return self._bundled, None
        if method == ITQ:
            return fit_itq(self._library.embeddings, bits, self._seed), None
        plan = TrainingPlan(
            method, bits, self._seed, epochs=self._epochs, every_photo=True, device="cpu"
        )
        *_, last = train_head(self._photos(), plan)
        assert last.layer is not None
        return last.layer, last.chosen

    def _photos(self) -> TrainingSet:
        """What the trainer makes of the albums: near copies are those that it can see."""
        embeddings, labels = self._library.embeddings, self._library.labels
        groups = near_copy_groups(embeddings, self._labelled)
        return TrainingSet(embeddings, labels & self._labelled[:, None], groups)


def by_vectors(vectors: NDArray[np.float32]) -> Rank:
    """Rank by the cosines of (N, D) vectors."""
    return lambda block, levels, copies: rank_vectors(vectors[block], vectors, levels, copies)


def by_codes(codes: NDArray[np.uint8]) -> Rank:
    """Rank by the Hamming distances of (N, bytes) codes."""
    return lambda block, levels, copies: rank_codes(codes[block], codes, levels, copies)
