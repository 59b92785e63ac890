"""What would be learnt from, and by which method: the first page of the Teach dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopsearch.domain.teaching import WITHOUT_LABELS, Depth
from desktopsearch.gui.teach_methods import (
    AUTO,
    METHODS,
    depth_explanation,
    depth_name,
    explanation_of,
    name_of,
)
from desktopsearch.gui.texts import _, decimal, figure, plural
from desktopsearch.gui.theme import SPACE_PX
from desktopsearch.teaching_texts import forecast_sentence, reason_sentence, unforetold_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.teach_bridge import Prospect

_MOST_NAMED = 12


class ProspectPage(QWidget):
    """Says what there is to learn from and what is missing; offers to start."""

    start_wanted = Signal(str, object)
    """The method, as ``teach_methods`` has it, and the ``Depth``."""

    def __init__(self) -> None:
        super().__init__()
        self._prospect: Prospect | None = None
        explanation = QLabel(
            _(
                "Your albums say what is alike to you. Teaching makes search learn that, on this"
                " computer, and proves on photos that were not learnt from whether it helps."
            )
        )
        explanation.setProperty("role", "muted")
        self._sources = QLabel()
        self._sources.setProperty("role", "strong")
        self._albums = QLabel()
        self._albums.setProperty("role", "muted")
        self._missing = QLabel()
        self._missing.setProperty("role", "warning")
        self._method = QComboBox()
        for method in METHODS:
            self._method.addItem(name_of(method), method)
        self._method.currentIndexChanged.connect(self._show_method)
        self._depth = QComboBox()
        for depth in Depth:
            self._depth.addItem(depth_name(depth), depth)
        self._depth.currentIndexChanged.connect(self._show_method)
        depth_label = QLabel(_("&What learns"))
        depth_label.setBuddy(self._depth)
        self._depth_explanation = QLabel()
        self._depth_explanation.setProperty("role", "small")
        label = QLabel(_("&Method"))
        label.setBuddy(self._method)
        self._forecast = QLabel()
        self._explanation = QLabel()
        self._explanation.setProperty("role", "small")
        for each in (
            explanation,
            self._sources,
            self._albums,
            self._missing,
            self._explanation,
            self._depth_explanation,
            self._forecast,
        ):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setWordWrap(True)
        self._start = QPushButton(_("Start"))
        self._start.setProperty("role", "primary")
        self._start.clicked.connect(
            lambda: self.start_wanted.emit(self._method.currentData(), self._chosen_depth)
        )
        method_row = QHBoxLayout()
        method_row.setSpacing(SPACE_PX)
        method_row.addWidget(label)
        method_row.addWidget(self._method, 1)
        depth_row = QHBoxLayout()
        depth_row.setSpacing(SPACE_PX)
        depth_row.addWidget(depth_label)
        depth_row.addWidget(self._depth, 1)
        depth_row.addWidget(self._start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        for widget in (explanation, self._sources, self._albums, self._missing):
            layout.addWidget(widget)
        layout.addLayout(method_row)
        layout.addWidget(self._explanation)
        layout.addLayout(depth_row)
        layout.addWidget(self._depth_explanation)
        layout.addWidget(self._forecast)
        layout.addStretch()
        self._sources.setText(_("Looking at the albums…"))
        self._show_method()

    @property
    def text(self) -> str:
        """All that is said of what there is."""
        said = (
            self._sources,
            self._albums,
            self._missing,
            self._explanation,
            self._depth_explanation,
            self._forecast,
        )
        return "\n".join(label.text() for label in said if not label.isHidden())

    def show_prospect(self, prospect: Prospect) -> None:
        """Show what there is now."""
        self._prospect = prospect
        self._sources.setText(
            _("To learn from: {photos} in {albums}, and {unlabelled}.").format(
                photos=plural("{n} photo", "{n} photos", prospect.labelled),
                albums=plural("{n} album", "{n} albums", len(prospect.albums)),
                unlabelled=plural(
                    "{n} without an album", "{n} without an album", prospect.unlabelled
                ),
            )
        )
        named = [
            _("{album} ({photos})").format(album=album.name, photos=figure(album.photos))
            for album in prospect.albums[:_MOST_NAMED]
        ]
        more = len(prospect.albums) - len(named)
        if more:
            named.append(plural("{n} more", "{n} more", more))
        if prospect.rejected:
            named.append(
                plural("{n} said not to belong", "{n} said not to belong", prospect.rejected)
            )
        self._albums.setText(" · ".join(named))
        self._albums.setVisible(bool(named))
        self._show_method()

    @property
    def _chosen_depth(self) -> Depth:
        return Depth(self._depth.currentData())

    def _show_method(self) -> None:
        method: str = self._method.currentData()
        prospect = self._prospect
        explanation = explanation_of(method)
        if prospect is not None and method == AUTO:
            method = prospect.choice.objective
            explanation = _("Takes “{method}”: {reason}. {explanation}").format(
                method=name_of(method),
                reason=reason_sentence(prospect.choice.reason),
                explanation=explanation_of(method),
            )
        self._explanation.setText(explanation)
        self._depth_explanation.setText(depth_explanation(self._chosen_depth))
        missing = _missing(prospect, labels=method not in WITHOUT_LABELS) if prospect else ""
        self._missing.setText(missing)
        self._missing.setVisible(bool(missing))
        can_start = prospect is not None and prospect.suffices(labels=method not in WITHOUT_LABELS)
        self._start.setEnabled(can_start)
        self._forecast.setVisible(can_start)
        if prospect is not None and self._chosen_depth is Depth.HEAD:
            forecast = prospect.forecasts[method]
            self._forecast.setText(forecast_sentence(forecast.low_s, forecast.high_s, decimal))
        else:
            self._forecast.setText(unforetold_sentence())


def _missing(prospect: Prospect, *, labels: bool) -> str:
    if prospect.taught_from:
        return _(
            "The neural network in use has learnt from albums itself, so that nothing could be"
            " proven by them. Go back to what was used before (under “What was taught…”), then"
            " teach."
        )
    if not prospect.suffices(labels=labels):
        if not labels:
            return _("The library needs at least {n} photos.").format(n=figure(prospect.all_needed))
        return _(
            "That is not enough: put at least {photos} photos into each of at least {albums}"
            " albums. Near-copies count once."
        ).format(photos=figure(prospect.photos_needed), albums=figure(prospect.albums_needed))
    if not labels and prospect.labelled:
        return _(
            "This method does not learn from the albums, so nothing is proven by them; the outcome"
            " is kept aside."
        )
    if not labels:
        return _("Without albums nothing can be proven; the outcome is kept aside.")
    if prospect.labelled < prospect.proof_needs:
        return _(
            "With fewer than {n} photos in albums nothing can be proven; the outcome would be kept"
            " aside."
        ).format(n=figure(prospect.proof_needs))
    return ""
