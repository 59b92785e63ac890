"""``desktopsearch evaluate``: how good retrieval is on labelled photos."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktopsearch.cli.output import ProgressLine, document, line, note
from desktopsearch.cli.texts import _, decimal, figure, plural
from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.services import models
from desktopsearch.services.evaluation import evaluate
from desktopsearch.services.library import Library


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print the figures."""
    paths = arguments.library_paths
    model, layer = _named(paths, arguments.model) if arguments.model else _in_use(paths)
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
        note(
            plural(
                "{n} labelled photo could not be read and was left out.",
                "{n} labelled photos could not be read and were left out.",
                result.unreadable,
            )
        )
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
    line(
        _("{queries} among {photos}, {bits} bits").format(
            queries=plural("{n} query", "{n} queries", result.queries),
            photos=plural("{n} photo", "{n} photos", result.photos),
            bits=figure(result.bits),
        )
    )
    line(f"mAP           {decimal(result.mean_ap, 4)}")
    line(f"mAP@{result.k:<9} {decimal(result.mean_ap_at_k, 4)}")
    line(f"precision@{result.k:<3} {decimal(result.precision_at_k, 4)}")
    line(f"NDCG@{result.k:<8} {decimal(result.ndcg_at_k, 4)}")
    line(f"finer mAP     {decimal(result.finer_mean_ap, 4)}")
    line(f"reranked mAP  {decimal(result.reranked_mean_ap, 4)}")
    line(f"embedding mAP {decimal(result.embedding_mean_ap, 4)}")
    return 0


def _named(paths: LibraryPaths, wanted: str) -> tuple[Path, HashLayer]:
    folder = models.find(paths, wanted)
    return folder, load_model(folder).layer


def _in_use(paths: LibraryPaths) -> tuple[Path, HashLayer]:
    """The model and the layer of the active generation; the bundled ones without a library."""
    try:
        with Library.open_reader(paths) as library:
            return library.model_folder, library.snapshot.layer
    except DesktopSearchError as error:
        if error.code is not ProblemCode.LIBRARY_MISSING:
            raise
        return bundled_model_folder(), load_model(bundled_model_folder()).layer
