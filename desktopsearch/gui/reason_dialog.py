"""Why a photo is among the results: both pictures, their distance, and what both look like."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.explaining import AlbumTrait, Explanation
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.fitted_picture import FittedPicture
from desktopsearch.gui.places import name_of
from desktopsearch.gui.searches import NamedPicture
from desktopsearch.gui.texts import _, decimal, figure, form
from desktopsearch.gui.theme import SPACE_PX, Theme

_WIDTH_PX = 560
_PICTURE_PX = 150
_BAR_PX = 8
_TICK_PX = 2
_MOST_ALBUMS = 3


class ReasonDialog(QDialog):
    """Says it in plain words; every text can be selected."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        hit: SearchHit,
        pictures: Sequence[NamedPicture],
        found: Explanation,
        pixmaps: tuple[QPixmap, QPixmap | None],
    ) -> None:
        """Put it together.

        Args:
            parent: The window.
            theme: Of the window.
            hit: The photo.
            pictures: Of the query.
            found: Why it is there.
            pixmaps: The picture of the query that it is most like, and the photo if it is at hand.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Why is this one here?"))
        self.setMinimumWidth(_WIDTH_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        names = (pictures[found.nearest][1], name_of(hit.path))
        both = QHBoxLayout()
        both.setSpacing(2 * SPACE_PX)
        for name, pixmap in zip(names, pixmaps, strict=True):
            both.addLayout(_captioned(theme, name, pixmap), 1)
        layout.addLayout(both)
        layout.addSpacing(SPACE_PX)
        heading, *others = [*_of_distance(hit, pictures, found), *_of_library(found)]
        layout.addWidget(_text(heading, "strong"))
        for text in others:
            layout.addWidget(_text(text))
        layout.addSpacing(SPACE_PX)
        shown = [trait for trait in found.albums if trait.stands_out][:_MOST_ALBUMS]
        for trait in shown:
            layout.addWidget(_text(_of_album(trait)))
            layout.addWidget(SharedBar(theme, trait))
        layout.addWidget(_text(_about_albums(found, named=bool(shown)), "small"))
        layout.addSpacing(SPACE_PX)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        layout.addLayout(buttons)
        close.setFocus()


class SharedBar(QWidget):
    """How many of an album's typical bits are shared, with a mark for what chance gives."""

    def __init__(self, theme: Theme, trait: AlbumTrait) -> None:
        super().__init__()
        self._theme = theme
        self._trait = trait
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the mark."""
        return QSize(10 * _BAR_PX, 2 * _BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the groove, the bar and the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top, width = (self.height() - _BAR_PX) / 2, self.width()
        shared, chance = (
            part / self._trait.typical for part in (self._trait.shared, self._trait.by_chance)
        )
        for role, place in (
            ("groove", QRectF(0, top, width, _BAR_PX)),
            ("accent", QRectF(0, top, width * shared, _BAR_PX)),
            ("text", QRectF(width * chance - _TICK_PX / 2, 0, _TICK_PX, self.height())),
        ):
            painter.setBrush(self._theme.colour(role))
            rect = place.toAlignedRect()
            painter.drawRoundedRect(
                QStyle.visualRect(self.layoutDirection(), self.rect(), rect), 2, 2
            )
        painter.end()


def _captioned(theme: Theme, name: str, pixmap: QPixmap | None) -> QVBoxLayout:
    picture = FittedPicture(theme)
    picture.setMinimumHeight(_PICTURE_PX)
    picture.setAccessibleName(name)
    picture.show_pixmap(pixmap, faded=False)
    caption = _text(name, "muted")
    caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    column = QVBoxLayout()
    column.setSpacing(SPACE_PX // 2)
    column.addWidget(picture, 1)
    column.addWidget(caption)
    return column


def _of_distance(hit: SearchHit, pictures: Sequence[NamedPicture], found: Explanation) -> list[str]:
    mixed = (
        [_("The distance is mixed with that of the neural network's own codes.")]
        if found.mixed
        else []
    )
    if len(pictures) == 1:
        text = _("Distance {distance}: {agreeing} of {bits} bits agree.").format(
            distance=figure(hit.distance),
            agreeing=figure(found.code_bits - found.distances[0]),
            bits=figure(found.code_bits),
        )
        return [text, *mixed]
    told = {
        True: _("Like “{name}”: distance {distance}"),
        False: _("Unlike “{name}”: distance {distance}"),
    }
    lines = [
        told[picture.alike].format(name=name, distance=figure(distance))
        for (picture, name), distance in zip(pictures, found.distances, strict=True)
    ]
    return [
        _("Distance {distance}, made of those to {n} pictures:").format(
            distance=figure(hit.distance), n=figure(len(pictures))
        ),
        "\n".join(lines),
        *mixed,
    ]


def _of_library(found: Explanation) -> list[str]:
    if found.nearer_than is None:
        return []
    text = form(
        "Nearer than {percent} % of the other {n} photo.",
        "Nearer than {percent} % of the other {n} photos.",
        found.others,
    )
    return [text.format(n=figure(found.others), percent=decimal(100 * found.nearer_than, 1))]


def _of_album(trait: AlbumTrait) -> str:
    text = _(
        "Both look like “{album}”: they share {shared} of its {typical} typical bits. By chance it"
        " would be {chance}."
    )
    if trait.inside:
        text = _(
            "Both look like “{album}”, in which this photo is: they share {shared} of its {typical}"
            " typical bits. By chance it would be {chance}."
        )
    return text.format(
        album=trait.name,
        shared=figure(trait.shared),
        typical=figure(trait.typical),
        chance=figure(round(trait.by_chance)),
    )


def _about_albums(found: Explanation, *, named: bool) -> str:
    if named:
        return _(
            "The typical bits of an album are those in which its photos differ most from the rest"
            " of the library. The mark shows how many two photos share by chance."
        )
    if found.albums:
        return _("They share no more than chance gives of what is typical of any album.")
    return _("With albums of three photos or more it is also said which of them both look like.")


def _text(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
