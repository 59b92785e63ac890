"""A protocol with the network trained too: from a pack to the table, raw figures and chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.comparison import DEEP, Collection, Comparison
from benchmarks.deep import DeepTrainer
from benchmarks.photo_packs import (
    CACHE,
    near_copy_groups,
    perceptual_hashes_of,
    unpack,
)
from benchmarks.pixels import PixelFiles
from benchmarks.protocols import Protocol, Subjects, with_fewer
from benchmarks.retrieval_report import write_outcomes
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.preprocess import PREPROCESSING

DEEP_PROTOCOLS = ("cifar10-semi", "cifar10-sup")


@dataclass(frozen=True, slots=True)
class DeepOptions:
    """How far training goes."""

    stages: int | None
    """None is the whole network."""
    photos: int | None
    """To learn from at most; None is all of the protocol."""
    px: int | None
    """Side of the pictures; None is the model's."""
    epochs: int | None

    def part(self, px: int) -> str:
        """Return what tells apart the files of different options."""
        photos = f"-{self.photos}-photos" if self.photos else ""
        return f"-deep-{self.stages or 'whole'}{photos}-{px}px"


def measure_deep(
    protocol: Protocol,
    objectives: Sequence[str],
    lengths: Sequence[int],
    seed: int,
    data: Path,
    output: Path | None,
    options: DeepOptions,
    cache: Path = CACHE,
) -> None:
    """Run a protocol; rivals and hash layers alone see the same photos in the same size.

    Args:
        protocol: One of ``DEEP_PROTOCOLS``.
        objectives: What to train, with and without the network.
        lengths: Bits of the codes, ascending.
        seed: Of the split and of all fitting.
        data: Folder that holds the packs.
        output: Folder of the results; None is where they are kept.
        options: How far training goes.
        cache: Folder for all that can be made again.

    Raises:
        DesktopSearchError: MODEL_..., BITS_INVALID, TRAINING_...
    """
    folder = bundled_model_folder()
    model = load_model(folder)
    px = options.px or model.manifest.input_px
    pack = unpack(protocol.pack, data, cache)
    hashes = perceptual_hashes_of(protocol.pack, pack.paths, cache)
    subjects = Subjects(pack.labels, near_copy_groups(hashes), pack.of_test)
    generator = np.random.default_rng(seed)
    split = protocol.split(subjects, generator)
    if options.photos and options.photos < len(split.training):
        split = with_fewer(split, options.photos, generator)
    place = f"{protocol.pack}-{px}"
    squares = PixelFiles(pack.paths, px, cache / "pixels" / f"{place}-{PREPROCESSING}")
    trainer = DeepTrainer(
        model,
        folder,
        squares,
        len(pack.paths),
        cache / "deep" / place,
        protocol.name,
        options.stages,
        options.epochs,
    )
    collection = Collection(subjects, trainer.untuned(), hashes)
    comparison = Comparison(protocol, split, collection, seed)
    outcomes = comparison.run(objectives, lengths, trainer.train)
    facts: dict[str, int | str] = {
        "protocol": protocol.name,
        "seed": seed,
        "model": f"{model.manifest.name} {model.manifest.version}, fingerprint "
        f"{model.manifest.fingerprint[:16]}",
        "pictures": f"{px} pixels wide, for all methods but ImageHash",
        f'what "{DEEP.strip(", ")}" trains': f"the last {options.stages} stages"
        if options.stages
        else "the whole network",
        "queries": len(split.queries),
        "database": len(split.database),
        "training": _training(len(split.training), options.photos),
        "labelled": len(split.labelled),
    }
    write_outcomes(protocol, outcomes, facts, output or report.RESULTS, options.part(px))


def _training(photos: int, limit: int | None) -> str:
    return f"{photos}, fewer than the protocol has" if limit else str(photos)
