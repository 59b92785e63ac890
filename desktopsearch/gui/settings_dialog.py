"""What a person can set; every change is heeded at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.preferences import (
    DEFAULTS,
    LONGEST_RESCAN_MIN,
    SHORTEST_RESCAN_MIN,
    Preferences,
)
from desktopsearch.gui.texts import _, file_size, form
from desktopsearch.gui.theme import SPACE_PX

_WIDTH_PX = 520

Change = Callable[[Preferences], Preferences]


class SettingsDialog(QDialog):
    """Shows the settings as they are; asks for changes by a signal."""

    change_wanted = Signal(object)
    """A function from the ``Preferences`` as they are to what they are to be."""
    excludes_wanted = Signal()
    deletion_wanted = Signal()
    """Delete the index, after a question."""
    folder_wanted = Signal(object)
    """Show this file of the library, a path as bytes, in its folder."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Settings"))
        self.setMinimumWidth(_WIDTH_PX)
        self._begun_with = preferences.language
        self._speed = self._choice(
            "speed",
            [("full", _("Full speed")), ("gentle", _("Gentle, behind all other programs"))],
        )
        self._battery = QCheckBox(_("Pause while the computer runs on battery"))
        self._battery.toggled.connect(lambda on: self._change("pause_on_battery", on))
        self._notify = QCheckBox(_("Say on the desktop when long work is over"))
        self._notify.toggled.connect(lambda on: self._change("notify", on))
        self._rescan = QSpinBox()
        self._rescan.setRange(SHORTEST_RESCAN_MIN, LONGEST_RESCAN_MIN)
        self._rescan.setKeyboardTracking(False)
        # The style's padding stops at the frame of a spin box.
        self._rescan.lineEdit().setTextMargins(SPACE_PX, 0, 0, 0)
        self._rescan.valueChanged.connect(self._show_unit)
        self._rescan.valueChanged.connect(lambda minutes: self._change("rescan_minutes", minutes))
        self._appearance = self._choice(
            "appearance",
            [
                ("system", _("As the system")),
                ("light", _("Light")),
                ("dark", _("Dark")),
                ("contrast", _("High contrast")),
            ],
        )
        # Each language by its own name: whoever looks for it may not read the others.
        self._language = self._choice(
            "language",
            [("system", _("As the system")), ("en", "English"), ("de", "Deutsch")],
        )
        self._later = _small(_("The window speaks it when it is opened the next time."))
        excludes = QPushButton(_("What is left out…"))
        excludes.clicked.connect(self.excludes_wanted)
        self._size = QLabel()
        self._file = b""
        self._show_folder = QPushButton(_("Show its folder"))
        self._show_folder.setEnabled(False)
        self._show_folder.clicked.connect(lambda: self.folder_wanted.emit(self._file))
        delete = QPushButton(_("Delete the index…"))
        delete.clicked.connect(self.deletion_wanted)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE_PX)
        form.setVerticalSpacing(SPACE_PX)
        form.addRow(_heading(_("In the background")))
        form.addRow(_("&Speed"), self._speed)
        form.addRow("", self._battery)
        form.addRow("", self._notify)
        form.addRow(_("&Look at all folders every"), self._rescan)
        form.addRow(
            "", _small(_("Most changes are seen at once; this finds what the system did not tell."))
        )
        form.addRow("", _short(excludes))
        form.addRow(_heading(_("The window")))
        form.addRow(_("&Appearance"), self._appearance)
        form.addRow(_("La&nguage"), self._language)
        form.addRow("", self._later)
        form.addRow(_heading(_("The library")))
        stored = QHBoxLayout()
        stored.setSpacing(2 * SPACE_PX)
        stored.addWidget(self._size)
        stored.addWidget(self._show_folder)
        stored.addStretch()
        form.addRow(_("Size"), stored)
        form.addRow(
            "",
            _small(
                _(
                    "Small copies of your photos, what was found out about them, and your albums;"
                    " not the photos themselves."
                )
            ),
        )
        form.addRow("", _short(delete))
        defaults = QPushButton(_("Defaults"))
        defaults.clicked.connect(lambda: self.change_wanted.emit(_to_defaults))
        close = QPushButton(_("Close"))
        close.setDefault(True)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(defaults)
        buttons.addStretch()
        buttons.addWidget(close)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(3 * SPACE_PX)
        layout.addLayout(form)
        layout.addLayout(buttons)
        self.show_preferences(preferences)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Have room for all lines, also wrapped ones, which Qt does not reckon with by itself."""
        needed_px = self._layout.minimumSize().width()
        self.setMinimumWidth(max(_WIDTH_PX, needed_px))
        self.resize(max(self.width(), needed_px), self.height())
        self.setMinimumHeight(self._layout.totalHeightForWidth(self.width()))
        super().showEvent(event)

    def show_preferences(self, preferences: Preferences) -> None:
        """Show them as they are now, whoever has changed them."""
        for box, value in (
            (self._speed, preferences.speed),
            (self._appearance, preferences.appearance),
            (self._language, preferences.language),
        ):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        for switch, on in (
            (self._battery, preferences.pause_on_battery),
            (self._notify, preferences.notify),
        ):
            with QSignalBlocker(switch):
                switch.setChecked(on)
        with QSignalBlocker(self._rescan):
            self._rescan.setValue(preferences.rescan_minutes)
        self._show_unit()
        self._later.setVisible(preferences.language != self._begun_with)

    def show_storage(self, file: bytes, size_bytes: int) -> None:
        """Show how much the library takes, and let its folder be shown by one of its files."""
        self._file = file
        self._size.setText(file_size(size_bytes))
        self._show_folder.setEnabled(True)

    def _choice(self, name: str, values: Sequence[tuple[str, str]]) -> QComboBox:
        box = QComboBox()
        for value, text in values:
            box.addItem(text, value)
        box.currentIndexChanged.connect(lambda: self._change(name, box.currentData()))
        return box

    def _show_unit(self) -> None:
        self._rescan.setSuffix(form(" minute", " minutes", self._rescan.value()))

    def _change(self, name: str, value: object) -> None:
        self.change_wanted.emit(lambda old: msgspec.structs.replace(old, **{name: value}))


def _to_defaults(old: Preferences) -> Preferences:
    # Whether the work stands still is no matter of this dialog.
    return msgspec.structs.replace(DEFAULTS, paused=old.paused)


def _short(button: QPushButton) -> QHBoxLayout:
    """A row with a button that is as wide as its text."""
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch()
    return row


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, SPACE_PX, 0, 0)
    return label


def _small(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "small")
    label.setWordWrap(True)
    return label
