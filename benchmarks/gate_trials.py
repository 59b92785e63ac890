"""One simulated teaching before the gate: a small library with albums, and what the gate says.

The trainer is the product's own, in this process, with its folds, proof and verdict. Albums either
mean nothing (photos at random) or are those of the pack. No library holds near copies. Taught codes
are compared with those of a layer fitted to the library without labels, as the product does.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.teaching_protocol import PACKS, PhotoLibrary, label_some
from desktopsearch.domain.errors import BugError
from desktopsearch.domain.teaching import choose_objective
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.teaching.messages import Taught, Teach, TrainerOptions
from desktopsearch.hashing.teaching.trainer import Trainer
from desktopsearch.hashing.teaching.verdict import Finding

PHOTOS = 400
ALBUMS = (3, 6)
OF_ALBUM = (10, 30)
REAL_LABELS = 20
_OVERLAPPING_EVERY = 4
"""So often albums that mean nothing share photos."""


class GateTrial(msgspec.Struct, frozen=True):
    """What is taught."""

    real: bool
    """Whether the albums mean something."""
    number: int
    """Also the seed of everything; numbers go through the packs in turn."""
    bits: int
    epochs: int | None
    """Of each training; None is what the product does."""

    @property
    def pack(self) -> str:
        """Whose photos the library holds."""
        return PACKS[self.number % len(PACKS)]


class GateResult(msgspec.Struct, frozen=True):
    """What the gate said, and why."""

    trial: GateTrial
    pack: str
    objective: str
    """That the product chose."""
    albums: list[int]
    """Photos of each."""
    finding: Finding
    gain: float
    low: float
    high: float
    queries: int
    kept: float
    """Share of the neighbours that the bundled layer keeps which the taught one keeps."""
    processor_s: float
    commit: str


def run_trial(trial: GateTrial, library: PhotoLibrary, bits: int, commit: str) -> GateResult:
    """Teach and ask the gate.

    Args:
        trial: What is taught.
        library: All photos of the trial's pack.
        bits: Of the codes that taught ones are compared with.
        commit: Of the program, for the record.

    Raises:
        DesktopSearchError: TRAINING_...
    """
    generator = np.random.default_rng([int(trial.real), trial.number])
    alone = _without_copies(library, generator)
    overlapping = trial.number // len(PACKS) % _OVERLAPPING_EVERY == 0
    rows, labels = (
        _real(alone, generator) if trial.real else _meaningless(alone, generator, overlapping)
    )
    objective = choose_objective(labels[labels.any(axis=1)], len(labels)).objective
    embeddings = np.ascontiguousarray(alone.embeddings[rows])
    fitted = fit_itq(embeddings, bits)
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        request = Teach(
            embeddings=embeddings.tobytes(),
            dimensions=alone.embeddings.shape[1],
            labels=np.ascontiguousarray(labels).tobytes(),
            albums=labels.shape[1],
            old_layer=fitted.to_bytes(),
            objective=objective,
            bits=trial.bits,
            seed=trial.number,
            checkpoints=str(Path(folder)),
            epochs=trial.epochs,
        )
        *_, taught = Trainer(TrainerOptions(device="cpu")).handle(request)
    if not isinstance(taught, Taught) or taught.proof is None:
        raise BugError("a teaching by labels ended without a proof")
    verdict = taught.proof.verdict
    return GateResult(
        trial=trial,
        pack=trial.pack,
        objective=objective,
        albums=labels.sum(axis=0).tolist(),
        finding=verdict.finding,
        gain=verdict.gain,
        low=verdict.low,
        high=verdict.high,
        queries=verdict.queries,
        kept=taught.kept / taught.kept_before,
        processor_s=time.process_time() - began,
        commit=commit,
    )


def _without_copies(library: PhotoLibrary, generator: np.random.Generator) -> PhotoLibrary:
    """Leave one photo of each group of near copies."""
    order = generator.permutation(len(library.groups))
    _, first = np.unique(library.groups[order], return_index=True)
    rows = np.sort(order[first])
    groups = np.arange(len(rows))
    return PhotoLibrary(library.name, library.embeddings[rows], library.labels[rows], groups)


def _meaningless(
    library: PhotoLibrary, generator: np.random.Generator, overlapping: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return rows of a small library and albums of random photos."""
    rows = generator.choice(len(library.embeddings), PHOTOS, replace=False)
    sizes = generator.integers(*OF_ALBUM, endpoint=True, size=_albums(generator))
    labels = np.zeros((PHOTOS, len(sizes)), dtype=np.bool_)
    # From few photos, albums share some.
    pool = np.arange(int(sizes.sum()) * 3 // 4 if overlapping else PHOTOS)
    for album, size in enumerate(sizes.tolist()):
        members = generator.choice(pool, size, replace=False)
        labels[members, album] = True
        if not overlapping:
            pool = np.setdiff1d(pool, members)
    return rows, labels


def _real(
    library: PhotoLibrary, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return rows of a small library and some of its pack's albums, 20 labels each."""
    there = np.flatnonzero(library.labels.sum(axis=0) >= OF_ALBUM[1])
    count = min(_albums(generator), len(there))
    albums = generator.choice(there, count, replace=False)
    labels = library.labels[:, albums]
    inside = PhotoLibrary(library.name, library.embeddings, labels, library.groups)
    labelled = label_some(inside, REAL_LABELS, generator)
    left = PHOTOS - int(labelled.sum())
    others = generator.choice(np.flatnonzero(~labelled), left, replace=False)
    rows = np.concatenate((np.flatnonzero(labelled), others))
    return rows, labels[rows] & labelled[rows, None]


def _albums(generator: np.random.Generator) -> int:
    return int(generator.integers(*ALBUMS, endpoint=True))
