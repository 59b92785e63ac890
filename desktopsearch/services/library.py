"""An open library: its database, a generation with its model, and the codes in memory when needed.

The generation is the active one, but for a switch of models, which fills another first.

Belongs to the thread that opened it. Must never start processes or touch users' files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.excludes import DEFAULT_PATTERNS
from desktopsearch.domain.library import Generation, Totals
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.pinned import check_weights_at_hand
from desktopsearch.hashing.model import (
    BUNDLED_MODEL,
    Model,
    bundled_model_folder,
    load_model,
)
from desktopsearch.services.snapshots import SearchSnapshot, read_snapshot
from desktopsearch.storage import codes, generations, photos, roots
from desktopsearch.storage.database import Database


class Library:
    """A library open for reading, or for reading and writing."""

    def __init__(self, database: Database, model_folder: Path, generation: Generation) -> None:
        self.database = database
        self.model_folder = model_folder
        """What the encoder child loads."""
        self.generation = generation
        """What searches use, or what a switch fills for them."""
        self.coming: Generation | None = None
        """What searches are about to use, while it is being filled for them."""
        self._snapshot: SearchSnapshot | None = None

    @property
    def snapshot(self) -> SearchSnapshot:
        """What searches use; read from the database the first time, outside of transactions."""
        if self._snapshot is None:
            self._snapshot = read_snapshot(self.database, self.generation)
        return self._snapshot

    @classmethod
    def open_writer(cls, paths: LibraryPaths) -> Self:
        """Open for changing; makes the library on first use.

        Raises:
            DesktopSearchError: As ``Database.open_writer`` and ``load_model`` do; MODEL_GONE.
        """
        database = Database.open_writer(paths)
        try:
            with database.write() as connection:
                generation = generations.active(connection)
                if generation is None:
                    roots.exclude(connection, DEFAULT_PATTERNS)
                folder = model_folder(paths, generation.model if generation else BUNDLED_MODEL)
                model = _load(folder)
                if generation is None or not _fits(connection, generation, model):
                    generation = _generation_of(connection, folder.name, model)
                    generations.activate(connection, generation.id)
            return cls(database, folder, generation)
        except BaseException:
            database.close()
            raise

    @classmethod
    def open_reader(cls, paths: LibraryPaths) -> Self:
        """Open for searching; works while another process writes.

        Raises:
            DesktopSearchError: As ``Database.open_reader`` and ``load_model`` do; MODEL_GONE.
        """
        database = Database.open_reader(paths)
        try:
            generation = _readable_generation(database)
            return cls(database, model_folder(paths, generation.model), generation)
        except BaseException:
            database.close()
            raise

    @classmethod
    def open_for_model(cls, paths: LibraryPaths, folder: Path) -> Self:
        """Open for changing with the generation of a model, which need not be the active one.

        It is that which was active last of those that no album taught, else the model's own. Codes
        that an earlier visit made are found again.

        Args:
            paths: A library that was opened for writing before.
            folder: Of the model.

        Raises:
            DesktopSearchError: As ``Database.open_writer`` and ``load_model`` do.
        """
        model = load_model(folder)
        database = Database.open_writer(paths)
        try:
            with database.write() as connection:
                last = generations.last_of_model(
                    connection, folder.name, model.manifest.fingerprint
                )
                generation = last or _generation_of(connection, folder.name, model)
            return cls(database, folder, generation)
        except BaseException:
            database.close()
            raise

    def activate(self) -> None:
        """Make this generation the one that searches use, in one transaction."""
        with self.database.write() as connection:
            generations.activate(connection, self.generation.id)

    def beside(self, generation: Generation) -> Library:
        """Return this library as it would be with a generation that is yet to be filled.

        It shares the files, which stay this one's to close.

        Raises:
            DesktopSearchError: GENERATION_WITHOUT_MODEL.
        """
        folder = model_folder(self.database.paths, generation.model)
        wanted = DesktopSearchError(
            ProblemCode.GENERATION_WITHOUT_MODEL, id=generation.id, model=generation.model
        )
        try:
            manifest = load_model(folder).manifest
            check_weights_at_hand(manifest, folder)
        except DesktopSearchError as error:
            raise wanted from error
        if manifest.fingerprint != generation.fingerprint:
            raise wanted
        return Library(self.database, folder, generation)

    def switch_to(self, generation: Generation, *, back: bool) -> None:
        """Search with another generation from now on, which may be of another model.

        Args:
            generation: Whose codes have been made, and whose model is at hand.
            back: Whether this undoes what came after it.
        """
        snapshot = read_snapshot(self.database, generation)
        with self.database.write() as connection:
            (generations.go_back if back else generations.activate)(connection, generation.id)
        self.generation, self._snapshot = generation, snapshot
        self.model_folder = model_folder(self.database.paths, generation.model)

    def totals(self) -> Totals:
        """Count what the library holds."""
        with self.database.read() as connection:
            return photos.totals(connection, self.generation.id)

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


def model_folder(paths: LibraryPaths, name: str) -> Path:
    """Where the model of this name lies if it is there: bundled, or imported into the library."""
    return bundled_model_folder() if name == BUNDLED_MODEL else paths.models / name


def _readable_generation(database: Database) -> Generation:
    """The active generation, if queries that its model encodes can be compared with its codes."""
    path = str(database.paths.folder)
    with database.read() as connection:
        generation = generations.active(connection)
    if generation is None:
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=path)
    model = _load(model_folder(database.paths, generation.model))
    if generation.fingerprint != model.manifest.fingerprint:
        raise DesktopSearchError(ProblemCode.LIBRARY_OUTDATED, path=path)
    return generation


def _load(folder: Path) -> Model:
    """Load the model of a library; of one that was imported, say how to do without it."""
    try:
        return load_model(folder)
    except DesktopSearchError as error:
        if folder.name == BUNDLED_MODEL:
            raise
        raise DesktopSearchError(
            ProblemCode.MODEL_GONE, model=folder.name, fallback=BUNDLED_MODEL
        ) from error


def _generation_of(connection: Connection, name: str, model: Model) -> Generation:
    """The generation of a model, added if there is none yet."""
    fingerprint, layer = model.manifest.fingerprint, model.layer.to_bytes()
    found = generations.find(connection, model=name, fingerprint=fingerprint, hash_layer=layer)
    return found or generations.add(
        connection,
        name=name,
        model=name,
        fingerprint=fingerprint,
        bits=model.layer.bits,
        hash_layer=layer,
    )


def _fits(connection: Connection, generation: Generation, model: Model) -> bool:
    """Whether a generation has the model's own hash layer, or one that its embeddings gave."""
    if generation.fingerprint != model.manifest.fingerprint:
        return False
    made_here = {*generations.reports(connection), *generations.fittings(connection)}
    return generation.id in made_here or generation.hash_layer == model.layer.to_bytes()
