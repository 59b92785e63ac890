"""The keys of the window and what they do: the one place where both are written down.

The window makes its shortcuts of this, its parts look their keys up in it, and so does the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktopsearch.gui.acts import Act as Act
from desktopsearch.gui.texts import _

_Standard = QKeySequence.StandardKey

WINDOW: Final = (
    Act.PASTE,
    Act.CHOOSE_PICTURE,
    Act.PASTE_TOO,
    Act.CHOOSE_TOO,
    Act.SCREEN,
    Act.ADD_FOLDER,
    Act.CLEAR,
    Act.BACK,
    Act.FORWARD,
    Act.RECENT,
    Act.SAVE_SEARCH,
    Act.SAVED,
    Act.CROP,
    Act.DUPLICATES,
    Act.TEACH,
    Act.TAUGHT,
    Act.ZOOM_IN,
    Act.ZOOM_OUT,
    Act.USUAL_ZOOM,
    Act.UNDO,
    Act.REDO,
    Act.SETTINGS,
    Act.SHORTCUTS,
    Act.QUIT,
)
"""Everywhere in the window."""
GRID: Final = (
    Act.MOVE,
    Act.SELECT_ALL,
    Act.PREVIEW,
    Act.OPEN,
    Act.SIMILAR,
    Act.LIKE,
    Act.UNLIKE,
    Act.REASON,
    Act.FOLD,
    Act.NO_DUPLICATE,
    Act.ADD_TO_ALBUM,
    Act.TAKE_OUT,
    Act.MENU,
)
"""While the grid has the keys; moving and selecting are the view's own."""
PREVIEW: Final = (Act.MOVE, Act.OPEN, Act.SIMILAR, Act.MENU, Act.CLOSE_PREVIEW)
"""While the large preview is open."""
CROP: Final = (Act.MOVE_CROP, Act.TURN, Act.MIRROR, Act.RESET_CROP, Act.CLOSE_CROP)
"""While the query is being cropped."""
SCREEN: Final = (Act.MOVE_REGION, Act.SIZE_REGION, Act.TAKE_REGION, Act.CLOSE_REGION)
"""While a part of the screen is chosen."""
FOLDERS: Final = (Act.SHOW_PHOTOS,)
"""While a folder of the library, or the entry for all photos, has the keys."""
ALBUMS: Final = (Act.SHOW_ALBUM, Act.SUGGEST, Act.RENAME_ALBUM, Act.DELETE_ALBUM)
"""While the list of albums has the keys; moving is the view's own."""
SAVED: Final = (Act.ASK_SAVED, Act.RENAME_SAVED, Act.DELETE_SAVED)
"""While the list of saved searches has the keys; moving is the view's own."""
SUGGESTIONS: Final = (Act.ACCEPT, Act.REJECT, Act.SKIP, Act.UNDO_ANSWER)
"""While photos are suggested for an album."""

_KEYS: Final[Mapping[Act, Sequence[str | QKeySequence.StandardKey]]] = {
    Act.PASTE: (_Standard.Paste,),
    Act.CHOOSE_PICTURE: (_Standard.Open,),
    Act.PASTE_TOO: ("Ctrl+Shift+V",),
    Act.CHOOSE_TOO: ("Ctrl+Shift+A",),
    Act.SCREEN: ("Ctrl+Shift+S",),
    Act.ADD_FOLDER: ("Ctrl+Shift+O",),
    Act.CLEAR: ("Esc",),
    Act.BACK: ("Alt+Left",),
    Act.FORWARD: ("Alt+Right",),
    Act.RECENT: ("Ctrl+H",),
    Act.SAVE_SEARCH: (_Standard.Save,),
    Act.SAVED: ("Ctrl+B",),
    Act.CROP: ("Ctrl+E",),
    Act.DUPLICATES: ("Ctrl+D",),
    Act.TEACH: ("Ctrl+T",),
    Act.TAUGHT: ("Ctrl+Shift+T",),
    Act.ZOOM_IN: (_Standard.ZoomIn,),
    Act.ZOOM_OUT: (_Standard.ZoomOut,),
    Act.USUAL_ZOOM: ("Ctrl+0",),
    Act.UNDO: ("Ctrl+Z",),
    Act.REDO: ("Ctrl+Shift+Z",),
    Act.SETTINGS: ("Ctrl+,",),
    Act.SHORTCUTS: ("F1",),
    Act.QUIT: ("Ctrl+Q",),
    Act.MOVE: ("Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown"),
    Act.SELECT_ALL: (_Standard.SelectAll,),
    Act.PREVIEW: ("Space",),
    Act.OPEN: ("Return", "Enter"),
    Act.SIMILAR: ("Ctrl+Return", "Ctrl+Enter"),
    # On some keyboards the sign needs Shift.
    Act.LIKE: ("+", "Shift++"),
    Act.UNLIKE: ("-",),
    Act.REASON: ("W",),
    Act.FOLD: ("F",),
    Act.NO_DUPLICATE: ("N",),
    Act.ADD_TO_ALBUM: ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
    Act.TAKE_OUT: ("Del",),
    Act.MENU: ("Shift+F10", "Menu"),
    Act.CLOSE_PREVIEW: ("Esc", "Space"),
    Act.MOVE_CROP: ("Left", "Right", "Up", "Down"),
    Act.TURN: ("R",),
    Act.MIRROR: ("M",),
    Act.RESET_CROP: ("Del",),
    Act.CLOSE_CROP: ("Esc",),
    Act.MOVE_REGION: ("Left", "Right", "Up", "Down"),
    Act.SIZE_REGION: ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
    Act.TAKE_REGION: ("Return", "Enter"),
    Act.CLOSE_REGION: ("Esc",),
    Act.SHOW_PHOTOS: ("Return", "Enter"),
    Act.SHOW_ALBUM: ("Return", "Enter"),
    Act.SUGGEST: ("Ctrl+Return", "Ctrl+Enter"),
    Act.RENAME_ALBUM: ("F2",),
    Act.DELETE_ALBUM: ("Del",),
    Act.ASK_SAVED: ("Return", "Enter"),
    Act.RENAME_SAVED: ("F2",),
    Act.DELETE_SAVED: ("Del",),
    Act.ACCEPT: ("Right",),
    Act.REJECT: ("Left",),
    Act.SKIP: ("Down",),
    Act.UNDO_ANSWER: ("Ctrl+Z",),
}


def keys_of(act: Act) -> list[QKeySequence]:
    """The keys that do something, the usual one first."""
    return [QKeySequence(key) for key in _KEYS[act]]


def key_texts(act: Act) -> list[str]:
    """Its keys as the system writes them."""
    return [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in keys_of(act)]


def tool_tip(act: Act) -> str:
    """What it does and its usual key, for a button that does the same."""
    return f"{describe(act)} ({key_texts(act)[0]})"


def describe(act: Act) -> str:
    """What it does, in the user's language."""
    return {
        Act.PASTE: _("Look for the copied picture, file or path"),
        Act.CHOOSE_PICTURE: _("Choose a picture to look for"),
        Act.PASTE_TOO: _("Add the copied picture, file or path to the query"),
        Act.CHOOSE_TOO: _("Add a picture to the query"),
        Act.SCREEN: _("Look for a part of the screen"),
        Act.ADD_FOLDER: _("Add a folder to the library"),
        Act.CLEAR: _("Clear the query"),
        Act.BACK: _("Back to the query before"),
        Act.FORWARD: _("Forward to the query after"),
        Act.RECENT: _("Recent queries"),
        Act.SAVE_SEARCH: _("Save what is looked for under a name"),
        Act.SAVED: _("Show the saved searches"),
        Act.CROP: _("Crop or turn the query"),
        Act.DUPLICATES: _("Show all duplicates of the library"),
        Act.TEACH: _("Teach search what is alike to you"),
        Act.TAUGHT: _("Show what was taught"),
        Act.ZOOM_IN: _("Larger photos"),
        Act.ZOOM_OUT: _("Smaller photos"),
        Act.USUAL_ZOOM: _("Photos of the usual size"),
        Act.UNDO: _("Undo what was done to albums"),
        Act.REDO: _("Redo what was undone"),
        Act.SETTINGS: _("Settings"),
        Act.SHORTCUTS: _("Keyboard shortcuts"),
        Act.QUIT: _("Close the window"),
        Act.MOVE: _("Go to another photo"),
        Act.SELECT_ALL: _("Select all photos"),
        Act.PREVIEW: _("Show the photo large"),
        Act.OPEN: _("Open the photo's file"),
        Act.SIMILAR: _("Find similar photos"),
        Act.LIKE: _("Add the photos to the query as alike"),
        Act.UNLIKE: _("Add the photos to the query as unlike"),
        Act.REASON: _("Say why the photo was found"),
        Act.FOLD: _("Show or fold the near copies of the photo"),
        Act.NO_DUPLICATE: _("Note that the photos are no duplicates of the rest of their group"),
        Act.ADD_TO_ALBUM: _("Add the photos to one of the first albums"),
        Act.TAKE_OUT: _("Take the photos out of the album that is shown"),
        Act.MENU: _("Show what can be done with the photos"),
        Act.CLOSE_PREVIEW: _("Close the preview"),
        Act.MOVE_CROP: _("Move what is marked: a handle, or the whole part"),
        Act.TURN: _("Turn the query to the right"),
        Act.MIRROR: _("Mirror the query"),
        Act.RESET_CROP: _("Look for the whole picture as it is"),
        Act.CLOSE_CROP: _("End cropping, and keep the part"),
        Act.MOVE_REGION: _("Move the part of the screen"),
        Act.SIZE_REGION: _("Make the part of the screen larger or smaller"),
        Act.TAKE_REGION: _("Look for the part, or for the whole screen"),
        Act.CLOSE_REGION: _("Look for none of it"),
        Act.SHOW_PHOTOS: _("Show the photos of the folder"),
        Act.SHOW_ALBUM: _("Show the photos of the album"),
        Act.SUGGEST: _("Suggest photos for the album"),
        Act.RENAME_ALBUM: _("Rename the album"),
        Act.DELETE_ALBUM: _("Delete the album"),
        Act.ASK_SAVED: _("Look for it again"),
        Act.RENAME_SAVED: _("Rename the saved search"),
        Act.DELETE_SAVED: _("Delete the saved search"),
        Act.ACCEPT: _("The photo belongs to the album"),
        Act.REJECT: _("The photo does not belong to the album"),
        Act.SKIP: _("Go on without an answer"),
        Act.UNDO_ANSWER: _("Undo the last answer"),
    }[act]


def groups() -> list[tuple[str, Sequence[Act]]]:
    """All of them under headings, for people."""
    return [
        (_("Everywhere"), WINDOW),
        (_("Among the photos"), GRID),
        (_("In the large preview"), PREVIEW),
        (_("While cropping the query"), CROP),
        (_("While a part of the screen is chosen"), SCREEN),
        (_("In the list of folders"), FOLDERS),
        (_("In the list of albums"), ALBUMS),
        (_("In the list of saved searches"), SAVED),
        (_("While photos are suggested"), SUGGESTIONS),
    ]


def connect(window: QWidget, acts: Mapping[Act, Callable[[], object]]) -> None:
    """Make the shortcuts of a window; there must be a function for each."""
    for act in WINDOW:
        for keys in keys_of(act):
            QShortcut(keys, window).activated.connect(acts[act])


def act_of(event: QKeyEvent, among: Sequence[Act]) -> Act | None:
    """What a pressed key is to do; the keypad counts as the rest of the keyboard."""
    pressed = event.keyCombination().toCombined() & ~Qt.KeyboardModifier.KeypadModifier.value
    found = (act for act in among if QKeySequence(pressed) in keys_of(act))
    return next(found, None)
