"""How long it takes from asking for a teaching to the new ranking.

``python -m benchmarks.teaching_time [--photos N] [--albums N] [--labels N]``: a library of made-up
photos, embeddings and all, is taught as ``desktopsearch train`` does it, and each phase is timed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks import report
from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.library import FileStamp, NewPhoto
from desktopsearch.services.events import Event, TeachingProgress
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching import Outcome
from desktopsearch.services.teaching_job import Wish
from desktopsearch.storage import caches, codes, locations, photos, reconciling, roots

_NOISE = 2.5
_AT_ONCE = 1_000


def main() -> None:
    """Make the library, teach it and report the phases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--albums", type=int, default=20)
    parser.add_argument("--labels", type=int, default=20, help="in each album")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = LibraryPaths(Path(folder))
        ids = make_library(paths, wanted.photos, wanted.albums)
        clock = Clock()
        with WritingSession.open(paths, default_settings(), clock.hear) as session:
            for kind in range(wanted.albums):
                album = session.labelling.create(f"kind {kind}")
                members = ids[kind : wanted.albums * wanted.labels : wanted.albums]
                session.labelling.add(album.id, members)
            outcome = clock.teach(session)
    # Now that the trainer has ended: on a busy machine it says more than the clock.
    spent = os.times()
    generation, told = outcome
    rows: list[list[object]] = [
        ["until the first epoch is over", clock.phases["first"]],
        [f"the rest of {clock.lessons} lessons", clock.phases["lessons"]],
        ["figures of the proof", clock.phases["proof"]],
        ["new codes and switch", clock.phases["switch"]],
        ["all", clock.phases["all"]],
        ["processor time of the trainer", spent.children_user + spent.children_system],
    ]
    gain = told.proof.verdict.gain if told.proof else float("nan")
    what = (
        f"{wanted.photos} photos, {wanted.albums} albums of {wanted.labels};"
        f" {told.objective}, {generation.bits} bits, gain {gain:.3f} of mAP,"
        f" {'used' if told.accepted else 'kept aside'}."
    )
    report.write("teaching_time", ["phase", "seconds"], rows, summary=[what, ""])


class Clock:
    """Hears what a teaching tells and notes when."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self.lessons = 0
        """How many; several go on at once."""
        self._last = 0.0

    def hear(self, event: Event) -> None:
        """Take in an event of the session."""
        now = time.monotonic()
        if isinstance(event, TeachingProgress):
            self._last = now
            self.lessons = event.epoch.lessons
            self.phases.setdefault("first", now)

    def teach(self, session: WritingSession) -> Outcome:
        """Teach as the command line does; note the phases."""
        answers: list[Outcome | DesktopSearchError | Cancelled] = []
        answered_at: list[float] = []

        def answer(outcome: Outcome | DesktopSearchError | Cancelled) -> None:
            answered_at.append(time.monotonic())
            answers.append(outcome)

        began = time.monotonic()
        session.teaching.start(Wish(), answer)
        session.loop.run(until=lambda: bool(answers and not session.switching.busy))
        over = time.monotonic()
        outcome = answers[0]
        if isinstance(outcome, Exception):
            raise outcome
        self.phases["lessons"] = self._last - self.phases["first"]
        self.phases["first"] -= began
        self.phases["proof"] = answered_at[0] - self._last
        self.phases["switch"] = over - answered_at[0]
        self.phases["all"] = over - began
        return outcome


def make_library(paths: LibraryPaths, count: int, kinds: int) -> list[int]:
    """Fill a new library; photo ``n`` is of the kind ``n % kinds``. Returns the ids in order."""
    generator = np.random.default_rng(0)
    with Library.open_writer(paths) as library, ExitStack() as stack:
        generation, layer = library.snapshot.generation, library.snapshot.layer
        connection = stack.enter_context(library.database.write())
        centres = generator.standard_normal((kinds, layer.dimensions))
        noise = _NOISE * generator.standard_normal((count, layer.dimensions))
        rows = centres[np.arange(count) % kinds] + noise
        embeddings = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
        root = roots.add(connection, b"/photos")
        stamps = [FileStamp(b"%d.jpg" % n, 100, 5_000, n + 1) for n in range(count)]
        reconciling.reconcile_directory(connection, root.id, b"", stamps)
        id_of: dict[int, int] = {}
        digests = [hashlib.blake2b(n.to_bytes(8), digest_size=32).digest() for n in range(count)]
        for place in locations.next_pending(connection, [], count):
            number = int(place.name.removesuffix(b".jpg"))
            photo = NewPhoto(digests[number], 100, 40, 30, "JPEG", None, None, None)
            id_of[number] = photos.add(connection, photo)
            locations.settle(connection, place.id, id_of[number], 100, 5_000)
        packed = layer.codes(embeddings)
        coded = [(id_of[number], packed[number].tobytes()) for number in range(count)]
        codes.write(connection, generation.id, coded)
        for start in range(0, count, _AT_ONCE):
            part = range(start, min(start + _AT_ONCE, count))
            vectors = {digests[number]: embeddings[number] for number in part}
            caches.write_embeddings(connection, generation.fingerprint, vectors)
    return [id_of[number] for number in range(count)]


if __name__ == "__main__":
    main()
