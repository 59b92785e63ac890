"""The part of the way to the services that concerns the library; see ``bridge``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktopsearch.domain.library import Problem
from desktopsearch.gui.bridge import Bridge, Failure

if TYPE_CHECKING:
    from desktopsearch.services.excluding import HiddenCount
    from desktopsearch.services.excluding import Tested as Tested
    from desktopsearch.services.session import WritingSession


@dataclass(frozen=True, slots=True)
class Storage:
    """What the library takes of the disk."""

    file: bytes
    """The path of its main file."""
    size_bytes: int
    """All its databases together."""


class LibraryBridge:
    """What the window asks of the services about the library; answers come on the GUI thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._counting: HiddenCount | None = None

    def rescan(self, folder: Path, answer: Callable[[Failure | None], None]) -> None:
        """Look for changes in a folder now."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services.leaving_out import look_again

            look_again(session.library, session.ingest, [os.fsencode(folder)], folders=True)

        self._bridge.ask(work, answer)

    def fetch_storage(self, answer: Callable[[Storage | Failure], None]) -> None:
        """Where the library lies and how much it takes."""

        def work(session: WritingSession) -> Storage:
            from desktopsearch.services.status import status

            library = session.library
            file = os.fsencode(library.database.paths.library)
            return Storage(file, status(library).size_bytes)

        self._bridge.ask(work, answer)

    def fetch_excludes(self, answer: Callable[[list[str] | Failure], None]) -> None:
        """The patterns of what is left out."""

        def work(session: WritingSession) -> list[str]:
            from desktopsearch.services import folders as library_folders

            return library_folders.exclusions(session.library)

        self._bridge.ask(work, answer)

    def change_excludes(
        self, new: Sequence[str], gone: Sequence[str], answer: Callable[[Failure | None], None]
    ) -> None:
        """Add patterns and take others away; all folders are looked through again."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import folders as library_folders

            library_folders.exclude(session.library, new)
            library_folders.include(session.library, gone)
            session.ingest.start()

        self._bridge.ask(work, answer)

    def test_excludes(self, path: Path, answer: Callable[[Tested | Failure], None]) -> None:
        """Which patterns leave out a path."""

        def work(session: WritingSession) -> Tested:
            from desktopsearch.services import excluding

            return excluding.test(session.library, path)

        self._bridge.ask(work, answer)

    def count_hidden(
        self, patterns: Sequence[str], answer: Callable[[dict[str, int] | Failure], None]
    ) -> None:
        """How many files of the library each pattern would hide; a newer question ends it."""

        def work(
            session: WritingSession, reply: Callable[[dict[str, int] | Failure], None]
        ) -> None:
            from desktopsearch.services.excluding import HiddenCount

            if self._counting is not None:
                self._counting.cancel()
            self._counting = HiddenCount(session.library, session.loop, patterns, reply)

        self._bridge.begin(work, answer)

    def fetch_problems(self, answer: Callable[[list[Problem] | Failure], None]) -> None:
        """What went wrong with files and folders, by path; what was put aside says so."""

        def work(session: WritingSession) -> list[Problem]:
            from desktopsearch.services import problems

            return problems.every(session.library)

        self._bridge.ask(work, answer)

    def try_again(
        self, chosen: Sequence[Problem], answer: Callable[[Failure | None], None]
    ) -> None:
        """Read files and scan folders again that something is wrong with."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import problems

            problems.try_again(session.library, session.ingest, chosen)

        self._bridge.ask(work, answer)

    def set_ignored(
        self,
        chosen: Sequence[Problem],
        ignored: bool,
        answer: Callable[[Failure | None], None],
    ) -> None:
        """Put problems aside until their files change, or list them again."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import problems

            problems.set_ignored(session.library, chosen, ignored=ignored)

        self._bridge.ask(work, answer)

    def export_problems(
        self,
        listed: Sequence[Problem],
        target: Path,
        sentence_of: Callable[[Problem], str],
        answer: Callable[[Failure | None], None],
    ) -> None:
        """Write problems into a file of the user's."""

        def work(_session: WritingSession) -> None:
            from desktopsearch.services import problems

            problems.export(listed, target, sentence_of)

        self._bridge.ask(work, answer)

    def retry_problems(self, answer: Callable[[Failure | None], None]) -> None:
        """Bring the library up to date, and try again whatever has failed."""
        self._bridge.ask(lambda session: session.ingest.start(retry=True), answer)
