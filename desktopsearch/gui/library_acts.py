"""What people do about the library itself: folders, what is left out, problems, settings.

Connects the panel, the activity bar and their dialogs with the bridge. Owns what was set as the
window knows it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.library import Problem
from desktopsearch.domain.preferences import DEFAULTS, Preferences, pause_end
from desktopsearch.gui import file_dialogs, places
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.excludes_dialog import ExcludesDialog
from desktopsearch.gui.index_deletion import IndexDeletion
from desktopsearch.gui.library_bridge import LibraryBridge, Storage
from desktopsearch.gui.messages import ask_before_removal
from desktopsearch.gui.settings_dialog import Change, SettingsDialog
from desktopsearch.gui.texts import _, problem_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class LibraryActs(QObject):
    """Does for one window what its panel, activity bar and dialogs ask for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = DEFAULTS
        self._settings: SettingsDialog | None = None
        self._deletion = IndexDeletion(window)
        library = self._bridge = LibraryBridge(window.bridge)
        bridge, panel, activity = window.bridge, window.panel, window.activity
        bridge.preferences_changed.connect(self._on_preferences_changed)
        activity.pause_wanted.connect(
            lambda paused: self._change(lambda old: _replaced(old, paused=paused))
        )
        activity.hour_wanted.connect(self._pause_for_an_hour)
        activity.gentle_wanted.connect(
            lambda gentle: self._change(
                lambda old: _replaced(old, speed="gentle" if gentle else "full")
            )
        )
        activity.go_on_wanted.connect(lambda: bridge.go_on_anyway(self._on_done))
        panel.add_wanted.connect(window.intake.choose_folder)
        panel.dropped.connect(self._on_dropped)
        panel.remove_wanted.connect(self._on_remove_wanted)
        panel.open_wanted.connect(lambda folder: places.open_file(os.fsencode(folder)))
        panel.rescan_wanted.connect(lambda folder: library.rescan(folder, self._on_done))
        panel.settings_wanted.connect(self.show_settings)
        panel.excludes_wanted.connect(self.show_excludes)
        for asking in (panel, activity):
            asking.problems_wanted.connect(self.show_problems)
        window.problems.retry_wanted.connect(
            lambda chosen: library.try_again(chosen, self._on_problems_changed)
        )
        window.problems.retry_all_wanted.connect(lambda: library.retry_problems(self._on_done))
        window.problems.ignore_wanted.connect(
            lambda chosen, ignored: library.set_ignored(chosen, ignored, self._on_problems_changed)
        )
        window.problems.export_wanted.connect(self._on_export_wanted)

    def show_settings(self) -> None:
        """Open the settings."""
        dialog = self._settings = SettingsDialog(self._preferences, self._window)
        dialog.change_wanted.connect(self._change)
        dialog.excludes_wanted.connect(self.show_excludes)
        dialog.deletion_wanted.connect(lambda: self._deletion.ask(dialog))
        dialog.folder_wanted.connect(places.show_in_folder)
        dialog.finished.connect(self._on_settings_closed)
        dialog.open()
        self._bridge.fetch_storage(self._on_storage)

    def show_excludes(self) -> None:
        """Open the patterns of what is left out."""
        ExcludesDialog(self._bridge, self._window).open()

    def show_problems(self) -> None:
        """Open the list of problems; the window stays usable beside it."""
        self._window.problems.show()
        self._window.problems.raise_()
        self._fetch_problems()

    def refresh(self) -> None:
        """Show again what may have changed with the library."""
        if self._window.problems.isVisible():
            self._fetch_problems()

    def _change(self, change: Change) -> None:
        self._window.bridge.change_preferences(change, self._on_done)

    def _pause_for_an_hour(self) -> None:
        end = pause_end(datetime.now(UTC), timedelta(hours=1))
        self._change(lambda old: _replaced(old, paused=end))

    def _on_preferences_changed(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._window.activity.show_preferences(preferences)
        if self._settings is not None:
            self._settings.show_preferences(preferences)

    def _on_storage(self, storage: Storage | Failure) -> None:
        if isinstance(storage, DesktopSearchError | BugError | Cancelled):
            self._on_done(storage)
        elif self._settings is not None:
            self._settings.show_storage(storage.file, storage.size_bytes)

    def _on_settings_closed(self) -> None:
        self._settings = None

    def _on_dropped(self, paths: Sequence[bytes]) -> None:
        self._window.bridge.sort_paths(
            [Path(os.fsdecode(path)) for path in paths], self._on_paths_sorted
        )

    def _on_paths_sorted(self, sorted_paths: tuple[list[Path], list[Path]] | Failure) -> None:
        if not isinstance(sorted_paths, tuple):
            self._on_done(sorted_paths)
            return
        folders, files = sorted_paths
        if folders:
            self._window.intake.add_folders(folders)
        if files:
            self._window.notices.say(
                _("Only folders join the library. Drop a picture on the photos to look for it.")
            )

    def _on_remove_wanted(self, folder: Path) -> None:
        window = self._window
        ask_before_removal(
            window,
            folder,
            lambda: window.bridge.remove_folder(folder, window.presenter.on_library_changed),
        )

    def _fetch_problems(self) -> None:
        self._bridge.fetch_problems(self._on_problems)

    def _on_problems(self, problems: list[Problem] | Failure) -> None:
        if isinstance(problems, list):
            self._window.problems.show_problems(problems)
        else:
            self._on_done(problems)

    def _on_problems_changed(self, result: Failure | None) -> None:
        self._on_done(result)
        self._window.presenter.on_library_changed(None)

    def _on_export_wanted(self, listed: Sequence[Problem]) -> None:
        file_dialogs.choose_table(
            self._window.problems,
            _("Export problems"),
            _("problems"),
            lambda target: self._bridge.export_problems(
                listed, target, problem_sentence, self._on_done
            ),
        )

    def _on_done(self, result: Failure | None) -> None:
        if isinstance(result, DesktopSearchError):
            self._window.presenter.show_failure(result)


def _replaced(old: Preferences, **values: object) -> Preferences:
    return msgspec.structs.replace(old, **values)
