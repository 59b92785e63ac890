"""An open library: its database, the active generation and the codes in memory.

Belongs to the thread that opened it. Must never start processes or touch users' files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.excludes import DEFAULT_PATTERNS
from desktopsearch.domain.library import Generation, Totals
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import Model, bundled_model_folder, load_model
from desktopsearch.index import HammingIndex
from desktopsearch.storage import codes, generations, photos, roots
from desktopsearch.storage.database import Database


@dataclass(frozen=True, slots=True)
class SearchSnapshot:
    """One generation with its hash layer and its codes; replaced as a whole on a switch."""

    generation: Generation
    layer: HashLayer
    index: HammingIndex


class Library:
    """A library open for reading, or for reading and writing."""

    def __init__(self, database: Database, model: Model, generation: Generation) -> None:
        self.database = database
        self.model = model
        layer = HashLayer.from_bytes(generation.hash_layer)
        with database.read() as connection:
            photo_ids, packed = codes.read_all(connection, generation.id, generation.bits)
        self.snapshot = SearchSnapshot(
            generation, layer, HammingIndex(generation.bits, photo_ids, packed)
        )

    @classmethod
    def open_writer(cls, paths: LibraryPaths) -> Self:
        """Open for changing; makes the library on first use.

        Raises:
            DesktopSearchError: As ``Database.open_writer`` and ``load_model`` do.
        """
        model = load_model(bundled_model_folder())
        database = Database.open_writer(paths)
        try:
            with database.write() as connection:
                generation = generations.active(connection)
                if generation is None:
                    roots.exclude(connection, DEFAULT_PATTERNS)
                if generation is None or not _fits(generation, model):
                    generation = generations.add_active(
                        connection,
                        name=model.manifest.name,
                        model=model.manifest.name,
                        fingerprint=model.manifest.fingerprint,
                        bits=model.layer.bits,
                        hash_layer=model.layer.to_bytes(),
                    )
            return cls(database, model, generation)
        except BaseException:
            database.close()
            raise

    @classmethod
    def open_reader(cls, paths: LibraryPaths) -> Self:
        """Open for searching; works while another process writes.

        Raises:
            DesktopSearchError: As ``Database.open_reader`` and ``load_model`` do.
        """
        model = load_model(bundled_model_folder())
        database = Database.open_reader(paths)
        try:
            return cls(database, model, _generation_for(database, model))
        except BaseException:
            database.close()
            raise

    @property
    def model_folder(self) -> Path:
        """What the encoder child loads."""
        return bundled_model_folder()

    def totals(self) -> Totals:
        """Count what the library holds."""
        with self.database.read() as connection:
            return photos.totals(connection, self.snapshot.generation.id)

    def resync_index(self) -> None:
        """Bring the codes in memory in line with the photos that lie somewhere."""
        generation, index = self.snapshot.generation, self.snapshot.index
        with self.database.read() as connection:
            photo_ids, packed = codes.read_all(connection, generation.id, generation.bits)
        index.remove(np.setdiff1d(index.photo_ids, photo_ids))
        new: NDArray[np.bool_] = ~np.isin(photo_ids, index.photo_ids)
        index.add(photo_ids[new], packed[new])

    def close(self) -> None:
        """Close the files."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _generation_for(database: Database, model: Model) -> Generation:
    """The active generation, if queries that this model encodes can be compared with its codes."""
    path = str(database.paths.folder)
    with database.read() as connection:
        generation = generations.active(connection)
    if generation is None:
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=path)
    if generation.fingerprint != model.manifest.fingerprint:
        raise DesktopSearchError(ProblemCode.LIBRARY_OUTDATED, path=path)
    return generation


def _fits(generation: Generation, model: Model) -> bool:
    return (
        generation.fingerprint == model.manifest.fingerprint
        and generation.hash_layer == model.layer.to_bytes()
    )
