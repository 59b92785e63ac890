"""What the parts of the window show, given what the services say.

Owns the state that the window is in: which answer, which failure, whether a run is under way.
Changes nothing in the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.bridge import Failure, Notice, RunFinished, RunProgress
from desktopsearch.gui.messages import copy_text, show_error
from desktopsearch.gui.query_presenter import QueryPresenter
from desktopsearch.gui.texts import (
    _,
    error_sentence,
    failure_sentence,
    our_mistake,
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
        self._opened = self._running = self._found_nothing = False
        self._status_timer = QTimer(self, singleShot=True, interval=_STATUS_INTERVAL_MS)
        self._status_timer.timeout.connect(self._fetch_status)
        self._queries = QueryPresenter(window, self._show_idle_page)
        bridge = window.bridge
        window.recent.changed.connect(self._on_recent_changed)
        window.searches.answered.connect(self._on_answered)
        bridge.opened.connect(self._on_opened)
        bridge.stopped.connect(self._on_stopped)
        bridge.progressed.connect(self._on_progressed)
        bridge.finished.connect(self._on_finished)
        bridge.changed.connect(self._status_timer_start)
        bridge.noticed.connect(self._on_noticed)
        bridge.bug_found.connect(self.show_bug)
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
        self._window.recent.load()
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
            self._queries.show_page()

    def _on_finished(self, finished: RunFinished) -> None:
        self._running = False
        self._window.activity.show_finished(finished)
        self._fetch_status()
        if finished.indexed or finished.removed:
            self._window.searches.refresh()

    def _on_noticed(self, notice: Notice) -> None:
        self._window.notices.say(said(notice.code, notice.parameters))

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
        window.panel.show_total(status.totals.photos)
        window.query_pane.filters.popup.show_folders(status.folders)
        window.activity.show_status(status)
        window.library_acts.refresh()
        self._queries.show_page()

        if self._found_nothing:
            # Photos may have come since. Once an answer, so that no answer is overtaken for ever.
            self._found_nothing = False
            window.searches.refresh()

    def _on_answered(self, answer: SearchAnswer) -> None:
        self._found_nothing = not answer.hits

    def _on_recent_changed(self) -> None:
        self._window.query_pane.recent.show_entries(self._window.recent.entries)
        self.show_idle_page()

    def show_idle_page(self) -> None:
        """Show the page for when nobody asks for anything anew, if it is there."""
        if self._window.searches.current is None:
            self._queries.show_page()

    def _show_idle_page(self) -> None:
        if self._status is None:
            return
        pages = self._window.pages
        if self._status.folders:
            recent = bool(self._window.recent.entries)
            saved = bool(self._window.saved.searches)
            pages.show_invitation(self._status, running=self._running, recent=recent, saved=saved)
        else:
            pages.show_welcome()
