"""A real library on disk whose photos are made up: rows and embeddings, but no files."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.library import FileStamp, Generation
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_material import TaughtAlbum
from desktopsearch.services.teaching_report import to_json
from desktopsearch.storage import caches, codes, generations, locations, photos, reconciling, roots
from tests.made_up_teaching import outcome
from tests.storage.fill import digest_of, new_photo


def embeddings_of_kinds(count: int, kinds: int, noise: float) -> NDArray[np.float16]:
    """Return (count, 256); photo ``n`` is of the kind ``n % kinds``."""
    generator = np.random.default_rng(0)
    centres = generator.standard_normal((kinds, 256))
    rows = centres[np.arange(count) % kinds] + noise * generator.standard_normal((count, 256))
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit.astype(np.float16)


def make_library(paths: LibraryPaths, embeddings: NDArray[np.float16]) -> list[int]:
    """Fill a new library with a photo for each embedding; returns their ids, in order.

    What was made once in this process is only copied.
    """
    wanted = embeddings.shape, embeddings.tobytes()
    if wanted not in _made:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder)
        _made[wanted] = folder, _fill(LibraryPaths(folder), embeddings)
    folder, ids = _made[wanted]
    paths.folder.mkdir(parents=True, exist_ok=True)
    for database in folder.glob("*.db"):
        shutil.copy2(database, paths.folder)
    return [*ids]


_made: dict[tuple[tuple[int, ...], bytes], tuple[Path, list[int]]] = {}


def _fill(paths: LibraryPaths, embeddings: NDArray[np.float16]) -> list[int]:
    with Library.open_writer(paths) as library:
        # Before the transaction: reading the codes is one of its own.
        snapshot = library.snapshot
        generation = snapshot.generation
        with library.database.write() as connection:
            root = roots.add(connection, b"/photos")
            names = [b"%d.jpg" % number for number in range(len(embeddings))]
            stamps = [FileStamp(name, 100, 5_000, number) for number, name in enumerate(names, 1)]
            reconciling.reconcile_directory(connection, root.id, b"", stamps)
            id_of = {}
            for place in locations.next_pending(connection, [], len(embeddings)):
                number = int(place.name.removesuffix(b".jpg"))
                id_of[number] = photos.add(connection, new_photo(number))
                locations.settle(connection, place.id, id_of[number], 100, 5_000)
            ids = [id_of[number] for number in range(len(embeddings))]
            packed = snapshot.layer.codes(embeddings)
            rows = [(each, row.tobytes()) for each, row in zip(ids, packed, strict=True)]
            codes.write(connection, generation.id, rows)
            vectors = {digest_of(number): row for number, row in enumerate(embeddings)}
            caches.write_embeddings(connection, generation.fingerprint, vectors)
    return ids


def teach_at_random(library: Library, bits: int, seed: int) -> Generation:
    """Add a generation as a teaching leaves it, with codes of all photos that have one."""
    weight = np.random.default_rng(seed).standard_normal((bits, 256)).astype(np.float32)
    layer = HashLayer(weight, np.zeros(bits, np.float32))
    old, ids = library.generation, library.snapshot.index.photo_ids.tolist()
    with library.database.write() as connection:
        made = generations.add(
            connection,
            name="taught",
            model=old.model,
            fingerprint=old.fingerprint,
            bits=bits,
            hash_layer=layer.to_bytes(),
        )
        _entry, report = outcome([TaughtAlbum(1, "Some", 20)], Finding.BETTER)
        generations.keep_report(connection, made.id, to_json(report))
        at, vectors = caches.embeddings_of(connection, old.fingerprint, ids)
        packed = layer.codes(vectors)
        rows = [(ids[row], each.tobytes()) for row, each in zip(at, packed, strict=True)]
        codes.write(connection, made.id, rows)
    return made
