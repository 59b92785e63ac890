"""Spares the encoder where what photos look like does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktopsearch.config import LibraryPaths
from desktopsearch.imaging.identity import digest
from desktopsearch.services.library import Library
from desktopsearch.storage import caches


def make_known(library: Path, files: Sequence[Path]) -> None:
    """Make an empty library that holds embeddings, made up at random, of the photos to come."""
    with Library.open_writer(LibraryPaths(library)) as opened:
        dimensions = opened.snapshot.layer.weight.shape[1]
        rows = np.random.default_rng(0).standard_normal((len(files), dimensions))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        vectors = {
            digest(file.read_bytes()): row.astype(np.float16)
            for file, row in zip(files, rows, strict=True)
        }
        with opened.database.write() as connection:
            caches.write_embeddings(connection, opened.generation.fingerprint, vectors)
