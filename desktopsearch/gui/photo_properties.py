"""All that is known of one photo, to be read and copied."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.library import PhotoFacts, shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, decimal, figure, file_size, moment, plural
from desktopsearch.gui.theme import SPACE_PX

_WIDTH_PX = 680
_MOST_LINES = 6


class PhotoProperties(QDialog):
    """Lists facts; every text can be selected."""

    def __init__(self, parent: QWidget, hit: SearchHit, facts: PhotoFacts) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Properties"))
        self.setMinimumWidth(_WIDTH_PX)
        heading = _value(name_of(hit.path))
        heading.setProperty("role", "heading")
        table = QGridLayout()
        table.setHorizontalSpacing(2 * SPACE_PX)
        table.setVerticalSpacing(SPACE_PX)
        table.setColumnStretch(1, 1)
        for row, (name, text) in enumerate(_lines(hit, facts)):
            title = QLabel(name)
            title.setProperty("role", "muted")
            value = _value(text)
            value.setAccessibleName(f"{name}: {text}")
            table.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            table.addWidget(value, row, 1)
        title = QLabel(plural("{n} file", "{n} files", len(facts.paths)))
        title.setProperty("role", "muted")
        close = QPushButton(_("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(heading)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(table)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(title)
        layout.addWidget(_files(facts))
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)
        close.setFocus()


def _distance(hit: SearchHit) -> str:
    distance = plural("{n} bit from the query", "{n} bits from the query", hit.distance)
    if hit.cosine is not None:
        distance += " · " + _("Likeness in full: {likeness}").format(likeness=decimal(hit.cosine))
    return distance


def _lines(hit: SearchHit, facts: PhotoFacts) -> list[tuple[str, str]]:
    megapixels = decimal(facts.width_px * facts.height_px / 1e6)
    return [
        *([(_("Distance"), _distance(hit))] if hit.compared else []),
        (
            _("Dimensions"),
            _("{width} × {height} pixels ({megapixels} megapixels)").format(  # noqa: RUF001
                width=figure(facts.width_px), height=figure(facts.height_px), megapixels=megapixels
            ),
        ),
        (_("Format"), facts.format),
        (_("Size"), file_size(facts.size_bytes)),
        (_("Taken"), _taken(facts)),
        (_("Camera"), facts.camera or _("not known")),
        (_("Albums"), ", ".join(facts.albums) or _("none")),
        (_("Digest"), facts.digest.hex()),
    ]


def _taken(facts: PhotoFacts) -> str:
    if facts.taken_at is None:
        return _("not known")
    at: datetime = facts.taken_at
    if facts.taken_offset_min is None:
        return moment(at)
    zone = timezone(timedelta(minutes=facts.taken_offset_min))
    return f"{moment(at)} ({at.replace(tzinfo=zone).tzname()})"


def _value(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def _files(facts: PhotoFacts) -> QPlainTextEdit:
    """Paths in a box of their own, which breaks them anywhere: they have no blanks."""
    box = QPlainTextEdit("\n".join(shown(path) for path in facts.paths))
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setAccessibleName(_("Files"))
    lines = min(_MOST_LINES, max(2, len(facts.paths) + 1))
    box.ensurePolished()
    box.setFixedHeight(round(QFontMetricsF(box.font()).lineSpacing() * lines) + 3 * SPACE_PX)
    return box
