"""The part of the way to the services that concerns single photos; see ``bridge``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from desktopsearch.domain.explaining import Explanation
from desktopsearch.domain.library import PhotoDate, PhotoFacts, Pixels
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.bridge import Bridge, Failure

if TYPE_CHECKING:
    from desktopsearch.services.programs import Program
    from desktopsearch.services.session import WritingSession


class PhotoBridge:
    """What the window asks of the services about photos; answers come on the GUI thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch_date(
        self, photo_id: int, answer: Callable[[PhotoDate | Failure | None], None]
    ) -> None:
        """When a photo was taken or its file last changed; None if it lies nowhere."""

        def work(session: WritingSession) -> PhotoDate | None:
            from desktopsearch.services.status import date_of

            return date_of(session.library, photo_id)

        self._bridge.ask(work, answer)

    def fetch_facts(
        self, photo_id: int, answer: Callable[[PhotoFacts | Failure | None], None]
    ) -> None:
        """All that is known of a photo; None if it is not there any more."""

        def work(session: WritingSession) -> PhotoFacts | None:
            from desktopsearch.services.status import facts_of

            return facts_of(session.library, photo_id)

        self._bridge.ask(work, answer)

    def fetch_whole(
        self, photo_id: int, answer: Callable[[Pixels | bytes | Failure], None]
    ) -> None:
        """The pixels of a photo's file, or its proxy as a JPEG where no file can be read."""
        self._bridge.begin(
            lambda session, reply: session.whole_pictures.fetch(photo_id, reply), answer
        )

    def explain(
        self,
        found: SearchAnswer,
        photo_id: int,
        answer: Callable[[Explanation | Failure], None],
    ) -> None:
        """Why a photo is among the hits; ``Cancelled`` when it is asked of another meanwhile."""
        self._bridge.begin(
            lambda session, reply: session.explaining.explain(found, photo_id, reply), answer
        )

    def fetch_mixable(self, answer: Callable[[bool | Failure], None]) -> None:
        """Whether searches use taught codes beside which there are the model's own."""

        def work(session: WritingSession) -> bool:
            from desktopsearch.services import generations

            return generations.untaught(session.library) is not None

        self._bridge.ask(work, answer)

    def fetch_formats(self, answer: Callable[[list[str] | Failure], None]) -> None:
        """The formats of ``domain.filters`` that photos of the library have."""

        def work(session: WritingSession) -> list[str]:
            from desktopsearch.services.filtering import formats_of

            return formats_of(session.library)

        self._bridge.ask(work, answer)

    def fetch_programs(
        self, kinds: Sequence[str], language: str, answer: Callable[[list[Program] | Failure], None]
    ) -> None:
        """The programs for a kind of file, where the desktop is one of freedesktop.org."""

        def work(_session: WritingSession) -> list[Program]:
            from desktopsearch.services.programs import programs_for

            return programs_for(kinds, language)

        self._bridge.ask(work, answer)

    def open_with(
        self, program: Program, path: bytes, answer: Callable[[bool | Failure], None]
    ) -> None:
        """Start a program with a file; the answer is whether it is there."""

        def work(_session: WritingSession) -> bool:
            from desktopsearch.services.programs import start

            return start(program, path)

        self._bridge.ask(work, answer)

    def leave_out(
        self,
        places: Sequence[bytes],
        *,
        folders: bool,
        answer: Callable[[list[str] | Failure], None],
    ) -> None:
        """Exclude files or folders; the answer is what ``take_in`` needs."""

        def work(session: WritingSession) -> list[str]:
            from desktopsearch.services import leaving_out

            return leaving_out.leave_out(session.library, session.ingest, places, folders=folders)

        self._bridge.ask(work, answer)

    def take_in(
        self,
        patterns: Sequence[str],
        places: Sequence[bytes],
        *,
        folders: bool,
        answer: Callable[[Failure | None], None],
    ) -> None:
        """Take back what ``leave_out`` has done."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import leaving_out

            leaving_out.take_in(session.library, session.ingest, patterns, places, folders=folders)

        self._bridge.ask(work, answer)

    def look_again(self, files: Sequence[bytes], answer: Callable[[Failure | None], None]) -> None:
        """Scan the folders in which files lie or lay."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import leaving_out

            leaving_out.look_again(session.library, session.ingest, files, folders=False)

        self._bridge.ask(work, answer)
