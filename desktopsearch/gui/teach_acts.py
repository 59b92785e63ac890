"""What people do about teaching: connects the dialog, the panel and the bridge.

Owns whether a teaching is under way, as the window knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.teaching import Depth
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.messages import ask_before_generation_is_deleted
from desktopsearch.gui.teach_bridge import TeachBridge
from desktopsearch.gui.teach_dialog import TeachDialog
from desktopsearch.gui.texts import _, decimal, error_sentence
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from desktopsearch.teaching_texts import verdict_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.teach_bridge import Generations, Outcome, Prospect, Wish

_CACHE_BYTES = 16 * 1024 * 1024


class TeachActs(QObject):
    """Does for one window what the Teach dialog asks for."""

    ended = Signal(object)
    """What came of a teaching: an ``Outcome`` or a ``Failure``."""

    def __init__(self, window: MainWindow, theme: Theme, paths: LibraryPaths) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = TeachBridge(window.bridge)
        self._teaching = False
        # The grid's own would forget what either wants.
        self._pictures = Thumbnails(paths, _CACHE_BYTES, self)
        self._pictures.failed.connect(window.presenter.show_failure)
        self.dialog = TeachDialog(theme, self._pictures, window)
        self.dialog.looked_at.connect(self._refresh)
        self.dialog.prospect.start_wanted.connect(self._on_start_wanted)
        self.dialog.running.cancel_wanted.connect(lambda: self._bridge.cancel(self._on_done))
        self.dialog.report.use_wanted.connect(
            lambda generation_id: self._bridge.use(generation_id, self._on_switch_begun)
        )
        self.dialog.report.undo_wanted.connect(lambda: self._bridge.undo(self._on_switch_begun))
        self.dialog.report.again_wanted.connect(self._on_page_left)
        self._connect_history()
        window.panel.teach_wanted.connect(self.show)
        window.panel.taught_wanted.connect(self.show_history)
        window.bridge.opened.connect(lambda: self._bridge.fetch_interrupted(self._on_interrupted))
        self.dialog.running.pause_wanted.connect(self._on_pause_wanted)
        self.dialog.running.go_on_wanted.connect(lambda: window.bridge.go_on_anyway(self._on_done))
        window.bridge.taught_further.connect(self.dialog.show_progress)
        window.bridge.teaching_held.connect(self.dialog.running.show_held)
        window.bridge.generation_filling.connect(self.dialog.show_filling)
        window.bridge.generation_changed.connect(self._on_generation_changed)

    def show(self) -> None:
        """Open the dialog where it was left, but not at the list of what was taught."""
        if self.dialog.page is self.dialog.history:
            self._on_page_left()
        self._open()

    def _open(self) -> None:
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._refresh()

    def show_history(self) -> None:
        """Open the dialog with all that was taught."""
        self.dialog.show_history()
        self._open()

    def close(self) -> None:
        """The window goes; a teaching that is under way can be gone on with."""
        self.dialog.close()
        self._pictures.forget()

    def teach(self, wish: Wish) -> None:
        """Begin, or go on with what was interrupted."""
        self._begin(lambda: self._bridge.teach(wish, self._on_outcome))

    def _on_start_wanted(self, method: str, depth: Depth) -> None:
        self._begin(lambda: self._bridge.teach_by(method, depth, self._on_outcome))

    def _begin(self, send: Callable[[], None]) -> None:
        self._teaching = True
        self.dialog.show_beginning()
        send()

    def _on_pause_wanted(self, paused: bool) -> None:
        self._window.bridge.change_preferences(
            lambda old: msgspec.structs.replace(old, paused=paused), self._on_done
        )

    def _on_outcome(self, outcome: Outcome | Failure) -> None:
        self._teaching = False
        self.ended.emit(outcome)
        if isinstance(outcome, DesktopSearchError | BugError | Cancelled):
            self.dialog.offer()
            self._on_done(outcome)
            self._refresh()
            return
        generation, report = outcome
        self._show_generation(generation.id)
        if not self.dialog.isVisible():
            self._window.notices.say(
                _("Teaching is over. {verdict}").format(verdict=verdict_sentence(report, decimal)),
                _("Show report"),
                self.show,
            )

    def _on_page_left(self) -> None:
        if self._teaching:
            self.dialog.follow()
        else:
            self.dialog.offer()
        self._refresh()

    def _connect_history(self) -> None:
        history = self.dialog.history
        self.dialog.history_wanted.connect(self.show_history)
        self.dialog.teach_wanted.connect(self._on_page_left)
        history.report_wanted.connect(self._show_generation)
        history.use_wanted.connect(lambda chosen: self._bridge.use(chosen, self._on_history_act))
        history.undo_wanted.connect(lambda: self._bridge.undo(self._on_history_act))
        history.delete_wanted.connect(self._on_delete_wanted)

    def _on_delete_wanted(self, generation_id: int) -> None:
        ask_before_generation_is_deleted(
            self.dialog, lambda: self._bridge.delete(generation_id, self._on_history_act)
        )

    def _on_history_act(self, result: Failure | None) -> None:
        self._on_done(result)
        self._refresh()

    def _on_generations(self, found: Generations | Failure) -> None:
        if isinstance(found, DesktopSearchError | BugError | Cancelled):
            self._on_done(found)
        else:
            self.dialog.history.show_generations(found)

    def _on_switch_begun(self, result: Failure | None) -> None:
        self._on_done(result)
        self._show_generation(self.dialog.report.generation_id)

    def _on_generation_changed(self) -> None:
        self._window.searches.refresh()
        if self.dialog.page is self.dialog.report:
            self._show_generation(self.dialog.report.generation_id)
        self._refresh()

    def _show_generation(self, generation_id: int) -> None:
        def show(found: Generations | Failure) -> None:
            if isinstance(found, DesktopSearchError | BugError | Cancelled):
                self._on_done(found)
                return
            entry = found.entry(generation_id)
            following = self._teaching and self.dialog.page is self.dialog.running
            if entry is not None and entry.report is not None and not following:
                self.dialog.show_report(
                    entry, entry.report, switching=found.switching, teaching=found.teaching
                )

        self._bridge.fetch_generations(show)

    def _on_interrupted(self, wish: Wish | Failure | None) -> None:
        if wish is None or isinstance(wish, DesktopSearchError | BugError | Cancelled):
            return
        self._window.notices.say(
            _("Teaching was interrupted when the window was closed."),
            _("Go on"),
            lambda: self._go_on(wish),
        )

    def _go_on(self, wish: Wish) -> None:
        if not self._teaching:
            self.teach(wish)
        self.show()

    def _refresh(self) -> None:
        if self.dialog.page is self.dialog.prospect:
            self._bridge.fetch_prospect(self._on_prospect)
        elif self.dialog.page is self.dialog.history:
            self._bridge.fetch_generations(self._on_generations)

    def _on_prospect(self, prospect: Prospect | Failure) -> None:
        if isinstance(prospect, DesktopSearchError | BugError | Cancelled):
            self._on_done(prospect)
        else:
            self.dialog.prospect.show_prospect(prospect)

    def _on_done(self, result: Failure | None) -> None:
        if not isinstance(result, DesktopSearchError):
            return
        self.dialog.say(error_sentence(result))
        if not self.dialog.isVisible():
            self._window.presenter.show_failure(result)
