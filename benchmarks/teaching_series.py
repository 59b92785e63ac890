"""Runs through packs, numbers of labels, seeds, methods and code lengths; skips what is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from benchmarks.comparison import EMBEDDING
from benchmarks.judging import MEAN_AP
from benchmarks.keeping import Kept, commit
from benchmarks.photo_packs import CACHE
from benchmarks.rivals import ITQ
from benchmarks.teaching import AUTO
from benchmarks.teaching_protocol import PhotoLibrary, library_of
from benchmarks.teaching_trials import BUNDLED, LOGISTIC, Classroom, Result
from desktopsearch.hashing.model import bundled_model_folder, load_model


def run_series(
    packs: Sequence[str],
    labels: Sequence[int],
    lengths: Sequence[int],
    objectives: Sequence[str],
    seeds: Sequence[int],
    data: Path,
) -> list[Result]:
    """Measure what was not measured before.

    Args:
        packs: Names.
        labels: Numbers for each album; one that a pack has too few photos for is left out.
        lengths: Bits of the codes.
        objectives: Ids, or the one that the product would choose.
        seeds: Each draws other labels.
        data: Folder that holds the packs.

    Returns:
        All results, those of earlier series too.

    Raises:
        DesktopSearchError: MODEL_..., CHILD_FAILED, ENCODER_FAILED, BITS_INVALID, TRAINING_...
    """
    model = load_model(bundled_model_folder())
    program = commit()
    kept = Kept(CACHE / "teaching" / model.manifest.fingerprint[:16], Result)

    @cache
    def library(name: str) -> PhotoLibrary:
        return library_of(name, data, bundled_model_folder(), CACHE)

    for count in labels:
        for seed in seeds:
            for pack in packs:
                try:
                    classroom = Classroom(library(pack), count, seed, model.layer, program)
                except ValueError as error:
                    print(f"{pack}, {count} labels: {error}", file=sys.stderr)
                    continue
                for method, bits in _ways(classroom, objectives, lengths, model.layer.bits):
                    _measure(classroom, method, bits, kept)
    return kept.everything()


def _ways(
    classroom: Classroom, objectives: Sequence[str], lengths: Sequence[int], bundled_bits: int
) -> Iterator[tuple[str, int | None]]:
    """Yield methods and bits, rivals first; the bundled codes have one length only."""
    yield EMBEDDING, None
    yield LOGISTIC, None
    yield BUNDLED, bundled_bits
    wanted = [classroom.objective if name == AUTO else name for name in objectives]
    for method in dict.fromkeys((ITQ, *wanted)):
        for bits in lengths:
            yield method, bits


def _measure(classroom: Classroom, method: str, bits: int | None, kept: Kept[Result]) -> None:
    trial = classroom.trial(method, bits)
    if kept.find(trial.name) is not None:
        return
    result = classroom.measure(trial)
    kept.keep(trial.name, result)
    print(
        f"{trial.pack}, {trial.labels} labels, seed {trial.seed}, {method}, {bits or 'float'}: "
        f"{result.figures[MEAN_AP]:.4f} in {result.fit_s:.1f} s",
        file=sys.stderr,
        flush=True,
    )
