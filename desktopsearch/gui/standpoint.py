"""Where somebody stood among the results: how far scrolled, on which photo, with which selected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel

from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.results_view import ResultsView


@dataclass(frozen=True, slots=True)
class Standpoint:
    """As it was when another query was asked."""

    scrolled_px: int
    current: int | None
    """A photo."""
    selected: tuple[int, ...]
    """Photos."""


def standpoint(view: ResultsView, model: ResultsModel) -> Standpoint:
    """Where somebody stands now."""
    current = view.currentIndex()
    return Standpoint(
        scrolled_px=view.verticalScrollBar().value(),
        current=model.hit(current).photo_id if current.isValid() else None,
        selected=tuple(hit.photo_id for hit in view.selected_hits()),
    )


def return_to(place: Standpoint, view: ResultsView, model: ResultsModel) -> None:
    """Go back there; photos that are no longer found are left out."""
    selection = QItemSelection()
    for row in model.rows_of(np.array(place.selected, dtype=np.int64)).tolist():
        selection.select(model.index(row), model.index(row))
    view.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    if place.current is not None:
        view.set_current_photo(place.current)
    view.doItemsLayout()
    view.verticalScrollBar().setValue(place.scrolled_px)
