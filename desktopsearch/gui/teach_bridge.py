"""The part of the way to the services that concerns teaching and generations; see ``bridge``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.teaching import Depth
from desktopsearch.gui.bridge import Bridge, Failure

if TYPE_CHECKING:
    from desktopsearch.services.generations import GenerationEntry as GenerationEntry
    from desktopsearch.services.session import WritingSession
    from desktopsearch.services.teaching import Outcome as Outcome
    from desktopsearch.services.teaching_job import Wish as Wish
    from desktopsearch.services.teaching_prospect import Prospect as Prospect
    from desktopsearch.services.teaching_report import ShownSearch as ShownSearch
    from desktopsearch.services.teaching_report import TeachingReport as TeachingReport


@dataclass(frozen=True, slots=True)
class Generations:
    """All that were taught or came with a model."""

    entries: list[GenerationEntry]
    """The oldest first."""
    switching: bool
    """Whether another one is about to be used."""
    can_go_back: bool
    """Whether another one was used before."""
    teaching: bool
    """Whether a teaching is under way, which ends with the generation that it began with."""

    def entry(self, generation_id: int) -> GenerationEntry | None:
        """The one with this id, if it is still there."""
        return next((each for each in self.entries if each.generation.id == generation_id), None)


class TeachBridge:
    """What the window asks of the services about teaching; answers come on the GUI thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch_prospect(self, answer: Callable[[Prospect | Failure], None]) -> None:
        """What would be learnt from."""

        def work(session: WritingSession) -> Prospect:
            from desktopsearch.services.teaching_prospect import prospect

            return prospect(session.library)

        self._bridge.ask(work, answer)

    def fetch_interrupted(self, answer: Callable[[Wish | Failure | None], None]) -> None:
        """What a teaching was to do that was begun and is not over; None if there is none."""

        def work(session: WritingSession) -> Wish | None:
            from desktopsearch.services import teaching_job

            if session.teaching.busy:
                return None
            kept = teaching_job.interrupted(session.library)
            return kept.job.wish if kept is not None else None

        self._bridge.ask(work, answer)

    def teach(self, wish: Wish, answer: Callable[[Outcome | Failure], None]) -> None:
        """Begin, or go on; the answer comes when it is over."""

        def begin(session: WritingSession, reply: Callable[[Outcome | Failure], None]) -> None:
            try:
                session.teaching.start(wish, reply)
            except DesktopSearchError as error:
                reply(error)

        self._bridge.begin(begin, answer)

    def teach_by(
        self, method: str, depth: Depth, answer: Callable[[Outcome | Failure], None]
    ) -> None:
        """Teach with the usual number of bits, by a method of ``teach_methods``."""
        from desktopsearch.services.teaching_job import Wish

        self.teach(Wish(method, depth=depth), answer)

    def cancel(self, answer: Callable[[Failure | None], None]) -> None:
        """End the teaching and forget what it came to."""
        self._bridge.ask(lambda session: session.teaching.cancel(), answer)

    def fetch_generations(self, answer: Callable[[Generations | Failure], None]) -> None:
        """All generations, and whether there is a switch under way."""

        def work(session: WritingSession) -> Generations:
            from desktopsearch.services import generations

            library = session.library
            return Generations(
                generations.every(library),
                session.switching.busy,
                generations.previous(library) is not None,
                session.teaching.busy,
            )

        self._bridge.ask(work, answer)

    def use(self, generation_id: int, answer: Callable[[Failure | None], None]) -> None:
        """Begin to search with a generation."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import generations

            session.switching.switch_to(generations.known(session.library, generation_id))

        self._bridge.ask(work, answer)

    def undo(self, answer: Callable[[Failure | None], None]) -> None:
        """Begin to search again with the generation that was used before."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import generations

            session.switching.switch_to(generations.before_active(session.library), back=True)

        self._bridge.ask(work, answer)

    def delete(self, generation_id: int, answer: Callable[[Failure | None], None]) -> None:
        """Forget a taught generation with its codes."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import generations

            generations.delete(session.library, generation_id)

        self._bridge.ask(work, answer)
