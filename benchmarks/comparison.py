"""Runs objectives and their rivals under one protocol and keeps what came out.

All ways of ranking see the same photos, embeddings and split, and are judged by the same exact
figures. Rivals are fitted on the protocol's training part.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifying import accuracy
from benchmarks.judging import Judgement, Rank, judge
from benchmarks.protocols import Protocol, Split, Subjects
from benchmarks.rivals import RIVALS
from desktopsearch.domain.codes import unpack
from desktopsearch.domain.rankings import rank_codes, rank_vectors, unit_rows
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.training_set import Rotations, TrainingSet

EMBEDDING = "embedding, cosine"
PERCEPTUAL_HASH = "ImageHash pHash"
ACCURACY = "accuracy"
DEEP = ", deep"
"""Behind the name of an objective that has trained the network too."""


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """What training of the network under the hash layer came to."""

    codes: NDArray[np.uint8]
    """(N, W) of all photos."""
    epochs: Sequence[EpochReport]
    fit_s: float
    """Seconds that its epochs took."""


TrainNetwork = Callable[[TrainingSet, NDArray[np.int64], TrainingPlan], Tuned]
"""From photos to learn from, their places among all and the plan of the hash layer."""


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """The photos of a protocol, a row each."""

    subjects: Subjects
    embeddings: NDArray[np.float16]
    """(N, D)."""
    hashes: NDArray[np.uint8]
    """(N, 8) perceptual hashes, for the rival that needs no network."""
    rotations: Rotations | None = None
    """Of photos by their place in the training part, if an objective wants them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of ranking came to."""

    method: str
    bits: int | None
    """None for vectors."""
    objective: bool
    """Whether it was trained by one of our objectives."""
    fit_s: float
    """Seconds that fitting or training took."""
    judgement: Judgement
    epochs: Sequence[EpochReport] = ()


class Comparison:
    """One protocol with one split and one seed on one collection."""

    def __init__(self, protocol: Protocol, split: Split, collection: Collection, seed: int) -> None:
        self._protocol = protocol
        self._split = split
        self._collection = collection
        self._seed = seed

    def training_set(self) -> TrainingSet:
        """Return what objectives learn from; labels outside the labelled part are hidden."""
        subjects, rows = self._collection.subjects, self._split.training
        labels = subjects.labels[rows] & np.isin(rows, self._split.labelled)[:, None]
        return TrainingSet(
            self._collection.embeddings[rows],
            labels,
            subjects.groups[rows],
            self._collection.rotations,
        )

    def run(
        self,
        objectives: Sequence[str],
        lengths: Sequence[int],
        train_network: TrainNetwork | None = None,
    ) -> list[Outcome]:
        """Measure the rivals, then the objectives, at each code length.

        Args:
            objectives: What to train.
            lengths: Bits.
            train_network: Trains what lies under the hash layer too; then objectives are measured
                with and without that.

        Raises:
            DesktopSearchError: TRAINING_..., BITS_INVALID.
        """
        outcomes = [self._embedding(), self._perceptual_hash()]
        training = self._collection.embeddings[self._split.training]
        for bits in lengths:
            for name, fit in RIVALS.items():
                started_at = time.perf_counter()
                layer = fit(training, bits, self._seed)
                outcomes.append(self._of_layer(name, layer, started_at))
            for objective in objectives:
                started_at = time.perf_counter()
                plan = TrainingPlan(objective, bits, self._seed)
                epochs = list(train_head(self.training_set(), plan))
                trained = epochs[-1].layer
                assert trained is not None
                outcomes.append(self._of_layer(objective, trained, started_at, epochs))
                if train_network is not None:
                    tuned = train_network(self.training_set(), self._split.training, plan)
                    name = f"{objective}{DEEP}"
                    outcomes.append(self._of_codes(name, tuned.codes, tuned.fit_s, tuned.epochs))
        return outcomes

    def _of_layer(
        self, name: str, layer: HashLayer, started_at: float, epochs: Sequence[EpochReport] = ()
    ) -> Outcome:
        fit_s = time.perf_counter() - started_at
        codes = layer.codes(self._collection.embeddings)
        return self._of_codes(name, codes, fit_s, epochs)

    def _embedding(self) -> Outcome:
        vectors = unit_rows(self._collection.embeddings)
        queries, database = vectors[self._split.queries], vectors[self._split.database]
        return self._outcome(
            EMBEDDING,
            None,
            lambda block, levels: rank_vectors(queries[block], database, levels),
            vectors,
        )

    def _perceptual_hash(self) -> Outcome:
        return self._of_codes(PERCEPTUAL_HASH, self._collection.hashes, 0.0)

    def _of_codes(
        self,
        name: str,
        codes: NDArray[np.uint8],
        fit_s: float,
        epochs: Sequence[EpochReport] = (),
    ) -> Outcome:
        queries, database = codes[self._split.queries], codes[self._split.database]
        return self._outcome(
            name,
            8 * codes.shape[1],
            lambda block, levels: rank_codes(queries[block], database, levels),
            np.where(unpack(codes), np.float32(1), np.float32(-1)),
            fit_s,
            epochs,
        )

    def _outcome(
        self,
        name: str,
        bits: int | None,
        rank: Rank,
        vectors: NDArray[np.float32],
        fit_s: float = 0.0,
        epochs: Sequence[EpochReport] = (),
    ) -> Outcome:
        labels = self._collection.subjects.labels
        judgement = judge(rank, labels, self._split, self._protocol, by_distance=bits is not None)
        if self._protocol.classified:
            judgement = judgement.with_figure(ACCURACY, _classified(vectors, labels, self._split))
        print(f"{name}, {bits or 'float'}: {judgement.mean_ap:.4f}", file=sys.stderr)
        return Outcome(name, bits, bool(epochs), fit_s, judgement, epochs)


def _classified(vectors: NDArray[np.float32], labels: NDArray[np.bool_], split: Split) -> float:
    classes = labels.argmax(axis=1)
    learnt, judged = split.labelled, split.queries
    return accuracy(vectors[learnt], classes[learnt], vectors[judged], classes[judged])
