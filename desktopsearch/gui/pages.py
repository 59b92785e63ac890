"""The middle of the window: photos, or a page that says why there are none and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui import shortcuts
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.empty_state import EmptyState
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, failure_sentence, figure, plural

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import Status


class Pages(QStackedWidget):
    """Shows one page at a time; asks for what its buttons say by signals."""

    folder_wanted = Signal()
    suggestion_wanted = Signal(object)
    """The ``Path`` of the suggested folder."""
    browse_wanted = Signal()
    clear_filters_wanted = Signal()
    recent_wanted = Signal()
    saved_wanted = Signal()
    widen_wanted = Signal(object)
    """Show photos up to this distance, or None for all."""

    def __init__(self, icons: Icons, results: ResultsView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = EmptyState(icons)
        self._results = results
        self._on_first: Callable[[], None] = self.folder_wanted.emit
        self._on_second: Callable[[], None] = self.folder_wanted.emit
        self._pictures = _pictures_folder()
        self._empty.first_clicked.connect(lambda: self._on_first())
        self._empty.second_clicked.connect(lambda: self._on_second())
        self.addWidget(self._empty)
        self.addWidget(results)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.show_state("search", _("Opening the library…"))

    @property
    def title(self) -> str:
        """The sentence of the page; empty while photos are shown."""
        return self._empty.title if self.currentWidget() is self._empty else ""

    @property
    def text(self) -> str:
        """The smaller text of the page; empty while photos are shown."""
        return self._empty.text if self.currentWidget() is self._empty else ""

    def show_results(self) -> None:
        """Show the grid, ready for its keys."""
        if self.currentWidget() is not self._results:
            self.setCurrentWidget(self._results)
            self._results.setFocus()

    def show_welcome(self) -> None:
        """There is no folder yet."""
        title = _("Find photos by showing one")
        text = _(
            "Choose a folder with photos, or drop one here. It is looked through in the"
            " background. Nothing leaves this computer and nothing is downloaded."
        )
        if self._pictures is None:
            self.show_state(
                "folder-add", title, text, (_("Choose a folder…"), self.folder_wanted.emit)
            )
            return
        pictures = self._pictures
        self.show_state(
            "folder-add",
            title,
            text,
            (
                _("Add “{folder}”").format(folder=pictures.name),
                lambda: self.suggestion_wanted.emit(pictures),
            ),
            (_("Choose another folder…"), self.folder_wanted.emit),
        )

    def show_invitation(self, status: Status, *, running: bool, recent: bool, saved: bool) -> None:
        """There are photos, but nobody has asked for any yet.

        Args:
            status: Of the library.
            running: Whether a run is under way.
            recent: Whether there are recent queries, whose menu leads to saved searches too.
            saved: Whether there are saved searches.
        """
        totals = status.totals
        ready = totals.photos - totals.unencoded
        if not running and not totals.photos:
            self._show_no_photos(status)
            return
        if not totals.photos + totals.pending:
            text = _("The folders of the library are being looked through.")
        elif running:
            text = _("{ready} of {total} photos can be searched already.").format(
                ready=figure(ready), total=figure(totals.photos + totals.pending)
            )
        else:
            text = plural("{n} photo is searched.", "{n} photos are searched.", ready)
        others = (_("Saved searches"), self.saved_wanted.emit) if saved else None
        self.show_state(
            "picture",
            _("Drop a picture to find photos like it"),
            _(
                "Or paste one with Ctrl+V: a picture, a file or its path. {keys} looks for a part"
                " of the screen."
            ).format(keys=shortcuts.key_texts(Act.SCREEN)[0])
            + "\n"
            + text,
            (_("Browse…"), self.browse_wanted.emit),
            (_("Recent queries"), self.recent_wanted.emit) if recent else others,
        )

    def _show_no_photos(self, status: Status) -> None:
        offline = sum(folder.offline for folder in status.folders)
        self.show_state(
            "offline" if offline else "folder",
            _("There are no photos in the folders of the library yet"),
            (
                plural(
                    "{n} folder is offline. Its photos are found as soon as it can be reached.",
                    "{n} folders are offline. Their photos are found as soon as they can be"
                    " reached.",
                    offline,
                )
                if offline
                else _("Photos that are put there are found by themselves.")
            ),
            (_("Choose another folder…"), self.folder_wanted.emit),
        )

    def show_nothing_close(self, answer: SearchAnswer, distance: int) -> None:
        """All hits are beyond the largest distance."""
        nearest = min(hit.distance for hit in answer.hits)
        self.show_state(
            "search",
            _("Nothing up to distance {n}").format(n=figure(distance)),
            _("The nearest photo is at distance {n}.").format(n=figure(nearest)),
            (
                _("Widen to distance {n}").format(n=figure(nearest)),
                lambda: self.widen_wanted.emit(nearest),
            ),
            (_("Any distance"), lambda: self.widen_wanted.emit(None)),
        )

    def show_nothing_passes(self, filters: str) -> None:
        """The filters leave no photo.

        Args:
            filters: What they are set to.
        """
        self.show_state(
            "search",
            _("No photo passes the filters"),
            filters,
            (_("Clear filters"), self.clear_filters_wanted.emit),
        )

    def show_nothing_searched(self) -> None:
        """No photo has a code yet, or none lies in the chosen folder."""
        self.show_state(
            "search",
            _("There are no photos here to search yet"),
            _("They appear as soon as they have been read."),
            (_("Browse…"), self.browse_wanted.emit),
        )

    def show_failure(self, title: str, failure: Failure) -> None:
        """What was asked for could not be answered.

        Args:
            title: What is not to be had.
            failure: Why.
        """
        self.show_state(
            "problem",
            title,
            failure_sentence(failure),
            (_("Browse…"), self.browse_wanted.emit),
        )

    def show_state(
        self,
        icon: str,
        title: str,
        text: str = "",
        first: tuple[str, Callable[[], None]] | None = None,
        second: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a page.

        Args:
            icon: By its name.
            title: The one sentence.
            text: What else is to be said.
            first: The text of the button and what it does.
            second: The same of another one.
        """
        label, self._on_first = first or ("", self._on_first)
        other, self._on_second = second or ("", self._on_second)
        self._empty.show_state(icon, title, text, label, other)
        if self.currentWidget() is not self._empty:
            self.setFocus()
            self.setCurrentWidget(self._empty)


def _pictures_folder() -> Path | None:
    name = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
    return Path(name) if name and name != home and Path(name).is_dir() else None
