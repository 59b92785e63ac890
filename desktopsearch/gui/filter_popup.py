"""What can be chosen to narrow a search: folder, album, days, formats; and whether copies fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.albums import Album
from desktopsearch.domain.filters import EVERYTHING, Filter, Lately
from desktopsearch.domain.library import shown
from desktopsearch.gui.day_choice import DayChoice
from desktopsearch.gui.kept_choice import Entry, KeptChoice
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus

_FORMATS_IN_A_ROW: Final = 3
_NONE: Final = "none"


class FilterPopup(QFrame):
    """Opens below its button; every change counts at once."""

    changed = Signal()
    folding_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("filterPopup")
        self.setAccessibleName(_("Filters"))
        self._formats: dict[str, QCheckBox] = {}
        self._folder = KeptChoice([Entry(_("All folders"), None)])
        self._folder.setAccessibleName(_("Where to look"))
        self._album = KeptChoice([Entry(_("All photos"), None), Entry(_("In no album"), _NONE)])
        self._album.setAccessibleName(_("In which album"))
        for choice in (self._folder, self._album):
            choice.currentIndexChanged.connect(self.changed)
        self._taken = DayChoice()
        self._taken.changed.connect(self.changed)
        self._taken.folded_out.connect(self.adjustSize)
        self._folding = QCheckBox(_("Fold near copies into one"))
        self._folding.toggled.connect(self.folding_changed)
        self._clear = QPushButton(_("Clear filters"))
        self._clear.clicked.connect(self.clear)
        self.changed.connect(self._enable)
        self._lay_out()
        self._enable()

    @property
    def filter(self) -> Filter:
        """What is chosen now."""
        first, last = self._taken.days
        folder, album = self._folder.value, self._album.value
        return Filter(
            folder=folder if isinstance(folder, bytes) else None,
            first_day=first,
            last_day=last,
            formats=frozenset(name for name, box in self._formats.items() if box.isChecked()),
            album_ids=_albums_of(album),
            without_album=album == _NONE,
        )

    @property
    def folding(self) -> bool:
        """Whether near copies are to fold into one."""
        return self._folding.isChecked()

    def set_folding(self, folding: bool) -> None:
        """Set the switch."""
        self._folding.setChecked(folding)

    @property
    def lately(self) -> Lately | None:
        """Days of the filter that move on with the calendar, if such are chosen."""
        return self._taken.lately

    def set_filter(self, wanted: Filter, lately: Lately | None, albums: Mapping[int, str]) -> None:
        """Choose what a filter says; what is not offered is, as long as it is chosen.

        Args:
            wanted: The filter.
            lately: What its days are, if they move on with the calendar.
            albums: The names of all albums.
        """
        with QSignalBlocker(self):
            folder = wanted.folder
            if folder is None:
                self._folder.setCurrentIndex(0)
            else:
                self._folder.choose(Entry(name_of(folder), folder, shown(folder)))
            if wanted.without_album or not wanted.album_ids:
                self._album.setCurrentIndex(int(wanted.without_album))
            else:
                ids = wanted.album_ids
                names = sorted(albums[each] for each in ids if each in albums)
                self._album.choose(
                    Entry(", ".join(names), next(iter(ids)) if len(ids) == 1 else ids)
                )
            self._taken.set_days(wanted.first_day, wanted.last_day, lately)
            self.show_formats(sorted(wanted.formats))
            for name, box in self._formats.items():
                box.setChecked(name in wanted.formats)
        self.changed.emit()

    def describe(self) -> str:
        """What is chosen now, in short; empty if nothing is left out."""
        parts = [
            choice.currentText()
            for choice in (self._folder, self._album)
            if choice.value is not None
        ]
        if days := self._taken.describe():
            parts.append(days)
        parts += [box.text() for box in self._formats.values() if box.isChecked()]
        return " · ".join(parts)

    def clear(self) -> None:
        """Leave nothing out any more."""
        with QSignalBlocker(self):
            self._folder.setCurrentIndex(0)
            self._album.setCurrentIndex(0)
            self._taken.set_days(None, None, None)
            for box in self._formats.values():
                box.setChecked(False)
        self.changed.emit()

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """Offer the folders of the library as places to look in."""
        self._folder.offer(
            [Entry(name_of(each.path), each.path, shown(each.path)) for each in folders]
        )

    def show_albums(self, albums: Sequence[Album]) -> None:
        """Offer the albums of the library."""
        self._album.offer([Entry(album.name, album.id) for album in albums])

    def show_formats(self, names: Sequence[str]) -> None:
        """Offer formats of ``domain.filters``; those that are chosen stay."""
        for name in names:
            if name not in self._formats:
                box = QCheckBox(name.upper())
                box.toggled.connect(self.changed)
                row, column = divmod(len(self._formats), _FORMATS_IN_A_ROW)
                self._format_grid.addWidget(box, row, column)
                self._formats[name] = box
        self._format_title.setVisible(bool(self._formats))
        self.adjustSize()

    def _enable(self) -> None:
        self._clear.setEnabled(self.filter != EVERYTHING)

    def _lay_out(self) -> None:
        self._format_grid = QGridLayout()
        self._format_title = _title(_("Format"))
        self._format_title.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        for title, widget in (
            (_("Folder"), self._folder),
            (_("Album"), self._album),
            (_("Taken"), self._taken),
        ):
            layout.addWidget(_title(title))
            layout.addWidget(widget)
        layout.addWidget(self._format_title)
        layout.addLayout(self._format_grid)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._folding)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._clear)


def _albums_of(chosen: object) -> frozenset[int]:
    """The albums that an entry stands for: one, or several of a saved search."""
    if isinstance(chosen, int):
        return frozenset([chosen])
    return chosen if isinstance(chosen, frozenset) else frozenset()


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "small")
    return label
