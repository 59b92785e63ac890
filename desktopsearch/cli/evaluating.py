"""``desktopsearch evaluate``: how good retrieval is on labelled photos."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktopsearch.cli.output import ProgressLine, document, line, note
from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.services.evaluation import evaluate
from desktopsearch.services.library import Library


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print the figures."""
    model, layer = _in_use(arguments.library_paths)
    progress = ProgressLine()
    try:
        result = evaluate(
            arguments.directory,
            model,
            arguments.bits or layer,
            default_settings(),
            k=arguments.k,
            progress=progress.count,
        )
    finally:
        progress.end()
    if result.unreadable:
        note(f"{result.unreadable:,} labelled photos could not be read and were left out.")
    if arguments.json:
        document(
            {
                "photos": result.photos,
                "queries": result.queries,
                "unreadable": result.unreadable,
                "code_bits": result.bits,
                "k": result.k,
                "mAP": result.mean_ap,
                "mAP_at_k": result.mean_ap_at_k,
                "precision_at_k": result.precision_at_k,
                "ndcg_at_k": result.ndcg_at_k,
                "finer_mAP": result.finer_mean_ap,
                "reranked_mAP": result.reranked_mean_ap,
                "embedding_mAP": result.embedding_mean_ap,
            }
        )
        return 0
    line(f"{result.queries:,} queries among {result.photos:,} photos, {result.bits} bits")
    line(f"mAP           {result.mean_ap:.4f}")
    line(f"mAP@{result.k:<9} {result.mean_ap_at_k:.4f}")
    line(f"precision@{result.k:<3} {result.precision_at_k:.4f}")
    line(f"NDCG@{result.k:<8} {result.ndcg_at_k:.4f}")
    line(f"finer mAP     {result.finer_mean_ap:.4f}")
    line(f"reranked mAP  {result.reranked_mean_ap:.4f}")
    line(f"embedding mAP {result.embedding_mean_ap:.4f}")
    return 0


def _in_use(paths: LibraryPaths) -> tuple[Path, HashLayer]:
    """The model and the layer of the active generation; the bundled ones without a library."""
    try:
        with Library.open_reader(paths) as library:
            return library.model_folder, library.snapshot.layer
    except DesktopSearchError as error:
        if error.code is not ProblemCode.LIBRARY_MISSING:
            raise
        return bundled_model_folder(), load_model(bundled_model_folder()).layer
