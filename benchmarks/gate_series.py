"""Runs simulated teachings before the gate one after the other; skips those that are known."""

from __future__ import annotations

import sys
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path

from benchmarks.gate_trials import GateResult, GateTrial, run_trial
from benchmarks.keeping import Kept, commit
from benchmarks.photo_packs import CACHE
from benchmarks.teaching_protocol import PhotoLibrary, library_of
from desktopsearch.hashing.model import bundled_model_folder, load_model


def run_series(
    meaningless: int, real: int, bits: int, epochs: int | None, data: Path
) -> list[GateResult]:
    """Measure what was not measured before, both kinds in turns.

    Args:
        meaningless: Runs with albums of random photos.
        real: Runs with real albums.
        bits: Of the taught codes.
        epochs: Of each training; None is what the product does.
        data: Folder that holds the packs.

    Returns:
        All results, those of earlier series too.

    Raises:
        DesktopSearchError: MODEL_..., CHILD_FAILED, ENCODER_FAILED, BITS_INVALID, TRAINING_...
    """
    model = load_model(bundled_model_folder())
    kept = Kept(CACHE / "gate" / model.manifest.fingerprint[:16], GateResult)
    program = commit()

    @cache
    def library(name: str) -> PhotoLibrary:
        return library_of(name, data, bundled_model_folder(), CACHE)

    trials = [
        [GateTrial(is_real, number, bits, epochs) for number in range(count)]
        for is_real, count in ((False, meaningless), (True, real))
    ]
    for trial in chain.from_iterable(zip_longest(*trials)):
        if trial is None or kept.find(name_of(trial)) is not None:
            continue
        result = run_trial(trial, library(trial.pack), model.layer.bits, program)
        kept.keep(name_of(trial), result)
        print(
            f"{name_of(trial)}, {trial.pack}, {result.objective}: {result.finding}, "
            f"{result.gain:+.3f} from {result.low:+.3f}, {result.processor_s:.1f} s",
            file=sys.stderr,
            flush=True,
        )
    return kept.everything()


def name_of(trial: GateTrial) -> str:
    """Return what the result of a trial is kept under."""
    kind = "real" if trial.real else "meaningless"
    epochs = "all" if trial.epochs is None else trial.epochs
    return f"{kind}-{trial.number:04}-{trial.bits}-{epochs}"
