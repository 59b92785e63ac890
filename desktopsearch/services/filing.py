"""What is written of a file that was read: its photo and its proxy, or why there is none.

Belongs to the thread of the library; each call is part of a transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from desktopsearch.domain.library import NewPhoto, PlacedFile
from desktopsearch.domain.problems import Parameters, ProblemCode
from desktopsearch.imaging.messages import Decoded, Identified
from desktopsearch.services.library import Library
from desktopsearch.storage import caches, codes, locations, photos, problems

# What another try at the next run may find mended, with the file unharmed.
TRANSIENT = frozenset(
    {
        ProblemCode.FILE_VANISHED,
        ProblemCode.FILE_UNREADABLE,
        ProblemCode.FILE_UNANSWERED,
        ProblemCode.FILE_CHANGED,
        ProblemCode.FILE_OUT_OF_MEMORY,
    }
)


class Filing:
    """Keeps what decoders say, and counts it."""

    def __init__(self, library: Library, on_photo: Callable[[int], None]) -> None:
        """Begin to count.

        Args:
            library: Open for writing.
            on_photo: Called with the id of each photo that was read.
        """
        self.indexed = 0
        self.failed = 0
        self.changed = False
        """Whether photos that were known have come or gone; whoever looks puts it back."""
        self.vanished: list[PlacedFile] = []
        """Files that were not where the scan saw them; whoever looks takes them out."""
        self._library = library
        self._on_photo = on_photo

    def settle_known(
        self, connection: Connection, file: PlacedFile, identified: Identified
    ) -> bool:
        """Settle a file whose content needs no decoding; tell whether it is such a one."""
        known = photos.find(connection, identified.digest)
        if known is None or not caches.has_proxy(connection, identified.digest):
            return False
        self._settle(connection, file, known, identified)
        self.changed = True
        return True

    def store(
        self, connection: Connection, file: PlacedFile, identified: Identified, decoded: Decoded
    ) -> None:
        """Keep a photo that was decoded."""
        photo_id = photos.add(
            connection,
            NewPhoto(
                digest=identified.digest,
                size_bytes=identified.size,
                width_px=decoded.width,
                height_px=decoded.height,
                format=decoded.format,
                taken_at=decoded.taken_at,
                taken_offset_min=decoded.taken_offset_min,
                camera=decoded.camera,
            ),
        )
        self._inherit(connection, file, photo_id, identified.digest, decoded.proxy)
        caches.write_proxy(connection, identified.digest, decoded.proxy)
        self._settle(connection, file, photo_id, identified)

    def fail(
        self, connection: Connection, file: PlacedFile, code: ProblemCode, parameters: Parameters
    ) -> None:
        """Keep why a file could not be read."""
        keep_photo = code in TRANSIENT
        loses_photo = not keep_photo and locations.photo_at(connection, file.id) is not None
        if locations.fail(connection, file.id, keep_photo=keep_photo):
            self.failed += 1
            self.changed |= loses_photo
            problems.record(connection, file.id, code, parameters)
        if code is ProblemCode.FILE_VANISHED:
            self.vanished.append(file)

    def _inherit(
        self,
        connection: Connection,
        file: PlacedFile,
        photo_id: int,
        digest: bytes,
        proxy: bytes,
    ) -> None:
        """Spare the encoder a file whose metadata was edited while its pixels stayed the same."""
        old = locations.photo_at(connection, file.id)
        if old is None or old[0] == photo_id:
            return
        self.changed = True
        old_id, old_digest = old
        if caches.read_proxies(connection, [old_digest]).get(old_digest) != proxy:
            return
        generation = self._library.generation
        vectors = caches.read_embeddings(connection, generation.fingerprint, [old_digest])
        code = codes.read_one(connection, generation.id, old_id)
        if old_digest in vectors and code is not None:
            caches.write_embeddings(
                connection, generation.fingerprint, {digest: vectors[old_digest]}
            )
            codes.write(connection, generation.id, [(photo_id, code)])

    def _settle(
        self, connection: Connection, file: PlacedFile, photo_id: int, identified: Identified
    ) -> None:
        if locations.settle(connection, file.id, photo_id, identified.size, identified.mtime_ns):
            self.indexed += 1
            self._on_photo(photo_id)
        else:
            # The file left the library while it was read: its content may lie nowhere.
            photos.orphan_unplaced(connection, [photo_id])
