"""The one thread that the services run on, and the crossing of functions to it and back.

Functions go over and are run by the service loop; answers come back as functions that are run on
the GUI thread. Must never make the GUI thread wait. What the functions do is the bridge's business.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError

if TYPE_CHECKING:
    from desktopsearch.services.session import WritingSession

_log = logging.getLogger(__name__)

T = TypeVar("T")

Failure = DesktopSearchError | BugError | Cancelled
"""What a command is answered with when there is no result."""


class ServiceThread(QObject):
    """Runs a session's loop on a thread of its own; all signals arrive on the GUI thread."""

    opened = Signal()
    stopped = Signal(object)
    """The services cannot go on, or could not begin: a ``Failure``."""
    closed = Signal()
    """The thread has ended after ``close``; no child process is left."""
    bug_found = Signal(str)
    """A traceback: our mistake, shown as such."""

    _arrived = Signal(object)

    def __init__(self, open_session: Callable[[], WritingSession], parent: QObject | None) -> None:
        """Prepare; nothing runs before ``start``.

        Args:
            open_session: Called on the service thread.
            parent: Owner of the object.
        """
        super().__init__(parent)
        self._open_session = open_session
        self._thread: threading.Thread | None = None
        self._handing_over = threading.Lock()
        self._session: WritingSession | None = None
        self._early: list[Callable[[WritingSession], None]] = []
        self._between: Callable[[], None] | None = None
        self._closing = False
        self._open_answers: dict[int, Callable[[Failure], None]] = {}
        self._last_ticket = 0
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether the thread has been started and has not ended."""
        return self._thread is not None

    @property
    def closing(self) -> bool:
        """Whether the thread was asked to end."""
        return self._closing

    def start(self) -> None:
        """Open the session in the background; ``opened`` or ``stopped`` tells how it went."""
        if self._thread is not None:
            raise BugError("the service thread runs already")
        self._thread = threading.Thread(target=self._serve, name="services", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask the thread to end; ``closed`` tells when it has. Returns at once."""
        self._closing = True
        if self._thread is None:
            self.closed.emit()
        else:
            self._hand_over(lambda _session: None)

    def restart(self, between: Callable[[], T], answer: Callable[[T | Failure], None]) -> None:
        """Close the session, do something while there is none, and open it anew.

        What was asked before and is not answered yet gets ``Cancelled``; what is asked from now on
        waits for the new session. ``opened`` is told again.

        Args:
            between: Called on the service thread.
            answer: Gets its result on the GUI thread; ``Cancelled`` if no session is open.
        """
        with self._handing_over:
            leaving, self._session = self._session, None
        if leaving is None:
            answer(Cancelled())
            return
        last_before = self._last_ticket
        self._last_ticket = ticket = last_before + 1
        self._open_answers[ticket] = answer

        def work() -> None:
            self.deliver(lambda: self._cancel(last_before))
            try:
                result: T | Failure = between()
            except DesktopSearchError as error:
                result = error
            except Exception as error:  # noqa: BLE001 - the edge of the service loop
                result = self._report_bug(error)
            self.deliver(lambda: self._answer(ticket, answer, result))

        self._between = work
        leaving.loop.call(lambda: None)

    def ask(
        self, work: Callable[[WritingSession], T], answer: Callable[[T | Failure], None]
    ) -> None:
        """Run ``work`` on the service thread; ``answer`` gets its result on the GUI thread."""

        def begin(session: WritingSession, reply: Callable[[T | Failure], None]) -> None:
            try:
                result: T | Failure = work(session)
            except (DesktopSearchError, Cancelled) as error:
                result = error
            except Exception as error:  # noqa: BLE001 - the edge of the service loop
                result = self._report_bug(error)
            reply(result)

        self.begin(begin, answer)

    def begin(
        self,
        work: Callable[[WritingSession, Callable[[T | Failure], None]], None],
        answer: Callable[[T | Failure], None],
    ) -> None:
        """Begin something on the service thread that replies later, by the function it is given."""
        self._last_ticket += 1
        ticket = self._last_ticket
        self._open_answers[ticket] = answer

        def reply(result: T | Failure) -> None:
            self.deliver(lambda: self._answer(ticket, answer, result))

        self._hand_over(lambda session: work(session, reply))

    def deliver(self, function: Callable[[], None]) -> None:
        """Run a function on the GUI thread soon. Safe from every thread."""
        self._arrived.emit(function)

    def _hand_over(self, function: Callable[[WritingSession], None]) -> None:
        with self._handing_over:
            if self._session is None:
                self._early.append(function)
            else:
                self._call(self._session, function)

    def _call(self, session: WritingSession, function: Callable[[WritingSession], None]) -> None:
        session.loop.call(lambda: function(session))

    def _on_arrived(self, function: Callable[[], None]) -> None:
        function()

    def _answer(
        self, ticket: int, answer: Callable[[T | Failure], None], result: T | Failure
    ) -> None:
        if self._open_answers.pop(ticket, None) is not None:
            answer(result)

    def _cancel(self, last: int) -> None:
        """Answer what was asked up to a ticket, since nobody else will."""
        for ticket in [each for each in self._open_answers if each <= last]:
            self._open_answers.pop(ticket)(Cancelled())

    def _end(self, failure: Failure | None) -> None:
        assert self._thread is not None
        self._thread.join()
        self._thread = None
        self._early.clear()
        self._between = None
        waiting, self._open_answers = self._open_answers, {}
        for answer in waiting.values():
            answer(Cancelled())
        if self._closing:
            self.closed.emit()
        elif failure is not None:
            self.stopped.emit(failure)

    # What follows runs on the service thread.

    def _serve(self) -> None:
        failure: Failure | None = None
        try:
            self._run_session()
            while (between := self._between) is not None:
                self._between = None
                between()
                self._run_session()
        except DesktopSearchError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - the edge of the service loop
            failure = self._report_bug(error)
        self.deliver(lambda: self._end(failure))

    def _run_session(self) -> None:
        session = self._open_session()
        try:
            with self._handing_over:
                self._session = session
                for function in self._early:
                    self._call(session, function)
                self._early.clear()
            self.deliver(self.opened.emit)
            session.loop.run(until=lambda: self._closing or self._between is not None)
        finally:
            with self._handing_over:
                self._session = None
            session.close()

    def _report_bug(self, error: Exception) -> BugError:
        _log.error("A bug on the service thread", exc_info=error)
        text = "".join(traceback.format_exception(error))
        self.deliver(lambda: self.bug_found.emit(text))
        return error if isinstance(error, BugError) else BugError(repr(error))
