"""Keeps what is selected, and which photo is the current one, while another answer is shown."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex

from desktopsearch.gui.results_model import ResultsModel


class KeptSelection:
    """Of one view: remembers photos when its model is about to be reset, not their rows."""

    def __init__(self, selection: QItemSelectionModel, model: ResultsModel) -> None:
        self._selection = selection
        self._results = model
        self._chosen: NDArray[np.int64] = np.empty(0, np.int64)
        self._current: int | None = None
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)

    def runs(self) -> list[tuple[int, int]]:
        """The first and the last row of each run of selected rows, ascending."""
        selection = self._selection.selection()
        parts = [selection.at(position) for position in range(selection.size())]
        return sorted((part.top(), part.bottom()) for part in parts)

    def select_following(self, leaving: Collection[int]) -> None:
        """Select what comes into the place of the selected photos when they go, if anything.

        Args:
            leaving: The photos that go, the selected ones among them.
        """
        runs = self.runs()
        if not runs:
            return
        staying = np.ones(self._results.rowCount(), np.bool_)
        staying[self._results.rows_of(np.array([*leaving], np.int64))] = False
        rows, first = np.flatnonzero(staying), runs[0][0]
        if rows.size:
            row = int(rows[min(int(np.searchsorted(rows, first)), rows.size - 1)])
            flags = QItemSelectionModel.SelectionFlag
            self._selection.setCurrentIndex(self._results.index(row), flags.ClearAndSelect)

    def set_current_photo(self, photo_id: int) -> None:
        """Make a photo the current one, or none if it is not shown; keeps the selection."""
        row = self._results.row_of(photo_id)
        index = QModelIndex() if row is None else self._results.index(row)
        self._selection.setCurrentIndex(index, self._selection.SelectionFlag.NoUpdate)

    def _remember(self) -> None:
        parts = [self._results.photo_ids(*run) for run in self.runs()]
        self._chosen = np.concatenate([np.empty(0, np.int64), *parts])
        current = self._selection.currentIndex()
        self._current = self._results.hit(current).photo_id if current.isValid() else None

    def _restore(self) -> None:
        rows = self._results.rows_of(self._chosen)
        selection = QItemSelection()
        ends = np.flatnonzero(np.diff(rows, prepend=-2) != 1).tolist()
        for first, after in pairwise([*ends, rows.size]):
            top, bottom = int(rows[first]), int(rows[after - 1])
            selection.append(
                QItemSelectionRange(self._results.index(top), self._results.index(bottom))
            )
        self._selection.select(selection, self._selection.SelectionFlag.Select)
        if self._current is not None:
            self.set_current_photo(self._current)
