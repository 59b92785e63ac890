"""What the parts of the window show, given what the services say.

Owns the state that the window is in: which answer, which failure, whether a run is under way.
Changes nothing in the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.library import Problem
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.bridge import Failure, Notice, RunFinished, RunProgress
from desktopsearch.gui.messages import copy_text, show_error
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.texts import (
    _,
    error_sentence,
    failure_sentence,
    figure,
    our_mistake,
    plural,
    said,
)

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import Status
    from desktopsearch.gui.main_window import MainWindow

_STATUS_INTERVAL_MS = 500


class Presenter(QObject):
    """Listens to the bridge and the searches, and tells the parts what to show."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.exit_status = 0
        self._window = window
        self._status: Status | None = None
        self._answer: SearchAnswer | None = None
        self._failure: Failure | None = None
        self._opened = self._running = False
        self._status_timer = QTimer(self, singleShot=True, interval=_STATUS_INTERVAL_MS)
        self._status_timer.timeout.connect(self._fetch_status)
        bridge, searches = window.bridge, window.searches
        bridge.opened.connect(self._on_opened)
        bridge.stopped.connect(self._on_stopped)
        bridge.progressed.connect(self._on_progressed)
        bridge.finished.connect(self._on_finished)
        bridge.changed.connect(self._status_timer_start)
        bridge.noticed.connect(self._on_noticed)
        bridge.bug_found.connect(self.show_bug)
        searches.began.connect(self._on_query_began)
        searches.answered.connect(self._on_answered)
        searches.failed.connect(self._on_query_failed)
        searches.cleared.connect(self._on_query_cleared)
        window.query_pane.cut_changed.connect(self._on_cut_changed)
        window.activity.pause_wanted.connect(
            lambda paused: bridge.change_preferences(
                lambda old: msgspec.structs.replace(old, paused=paused), self._on_run_changed
            )
        )
        window.activity.problems_wanted.connect(self._on_problems_wanted)
        window.problems.retry_wanted.connect(lambda: bridge.retry_problems(self._on_run_changed))
        window.thumbnails.failed.connect(self.show_failure)
        window.preview.proxies.failed.connect(self.show_failure)

    def show_failure(self, failure: Failure) -> None:
        """Say what went wrong; a bug has been reported already, a wish needs no words."""
        if isinstance(failure, DesktopSearchError):
            self._window.notices.say(error_sentence(failure))

    def show_bug(self, details: str) -> None:
        """Say that we made a mistake."""
        self._window.notices.say(
            our_mistake(),
            _("Copy details"),
            lambda: copy_text(details),
        )

    def on_library_changed(self, result: Failure | None) -> None:
        """Folders were added or removed, or could not be."""
        if result is not None:
            self.show_failure(result)
            return
        self._fetch_status()
        self._window.searches.refresh()

    # The library.

    def _on_opened(self) -> None:
        self._opened = True
        self._window.thumbnails.start()
        self._fetch_status()

    def _on_stopped(self, failure: Failure) -> None:
        self._running = False
        self._window.activity.show_stopped()
        if self._opened:
            self._window.notices.say(
                failure_sentence(failure), _("Start again"), self._window.bridge.start
            )
        else:
            self.exit_status = 1
            show_error(self._window, failure, self._window.close)

    def _on_progressed(self, progress: RunProgress) -> None:
        started, self._running = not self._running, True
        self._window.activity.show_progress(progress)
        if started:
            self._show_page()

    def _on_finished(self, finished: RunFinished) -> None:
        self._running = False
        self._window.activity.show_finished(finished)
        self._fetch_status()
        if finished.indexed or finished.removed:
            self._window.searches.refresh()

    def _on_noticed(self, notice: Notice) -> None:
        self._window.notices.say(said(notice.code, notice.parameters))

    def _on_run_changed(self, result: Failure | None) -> None:
        if result is not None:
            self.show_failure(result)

    def _status_timer_start(self) -> None:
        if not self._status_timer.isActive():
            self._status_timer.start()

    def _fetch_status(self) -> None:
        self._window.bridge.fetch_status(self._on_status)

    def _on_status(self, status: Status | Failure) -> None:
        if isinstance(status, DesktopSearchError | BugError | Cancelled):
            self.show_failure(status)
            return
        self._status = status
        window = self._window
        window.thumbnails.retry_missing()
        window.results.fetch_again()
        window.panel.show_folders(status.folders)
        window.query_pane.show_folders(status.folders)
        window.activity.show_status(status)
        if window.problems.isVisible():
            window.bridge.fetch_problems(self._on_problems)
        self._show_page()

    def _on_problems_wanted(self) -> None:
        self._window.problems.show()
        self._window.problems.raise_()
        self._window.bridge.fetch_problems(self._on_problems)

    def _on_problems(self, problems: list[Problem] | Failure) -> None:
        if isinstance(problems, list):
            self._window.problems.show_problems(problems)
        else:
            self.show_failure(problems)

    # The query.

    def _on_query_began(self, asked: Asked) -> None:
        self._window.preview.close()
        pane = self._window.query_pane
        pane.show_query(asked.title)
        pane.back.setVisible(self._window.searches.can_go_back)
        pane.show()

    def _on_answered(self, answer: SearchAnswer) -> None:
        self._answer, self._failure = answer, None
        self._window.query_pane.show_preview(answer.proxy)
        self._window.model.set_hits(answer.hits)
        self._window.results.scrollToTop()
        self._show_page()

    def _on_query_failed(self, failure: Failure) -> None:
        self._answer, self._failure = None, failure
        self._window.model.set_hits(())
        self._show_page()

    def _on_query_cleared(self) -> None:
        self._answer = self._failure = None
        self._window.query_pane.hide()
        self._window.model.set_hits(())
        self._show_page()

    def _on_cut_changed(self, distance: int | None) -> None:
        self._window.model.set_cut(distance)
        self._show_page()

    def _show_page(self) -> None:
        pages, pane, model = self._window.pages, self._window.query_pane, self._window.model
        if self._failure is not None:
            pane.show_summary(_("No answer"))
            pages.show_failure(self._failure)
        elif self._answer is not None:
            pane.show_summary(_summary(self._answer, model.rowCount()))
            if model.rowCount():
                pages.show_results()
            elif self._answer.hits:
                pages.show_nothing_close(self._answer)
            else:
                pages.show_nothing_searched()
        elif self._window.searches.current is None and self._status is not None:
            if self._status.folders:
                pages.show_invitation(self._status, running=self._running)
            else:
                pages.show_welcome()


def _summary(answer: SearchAnswer, shown: int) -> str:
    searched = plural("{n} searched", "{n} searched", answer.searched)
    if not shown:
        return searched
    return _("{shown} of {photos}, most similar first").format(
        shown=figure(shown), photos=plural("{n} photo", "{n} photos", answer.searched)
    )
