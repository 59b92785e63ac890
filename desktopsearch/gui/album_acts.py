"""What people do with albums: make and change them, label photos, and take it back.

Owns the albums as the window knows them. Says by a notice what was done and how to take it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktopsearch.domain.albums import Act, Album, History, LabelCount
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.gui.album_bridge import AlbumBridge, AlbumsState, Answer
from desktopsearch.gui.album_texts import described
from desktopsearch.gui.albums_model import WITH_KEYS
from desktopsearch.gui.bridge import Bridge, Failure
from desktopsearch.gui.messages import ask_before_album_is_deleted
from desktopsearch.gui.name_dialog import NameDialog
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.texts import _, error_sentence, failure_sentence, figure

_UNKNOWN = AlbumsState((), History(None, None))


class AlbumActs(QObject):
    """Does it for one window."""

    show_wanted = Signal(object)
    """An ``Album``: show its photos."""
    suggestions_wanted = Signal(object)
    """An ``Album``: suggest photos for it."""
    changed = Signal()
    """Albums, or what would be undone, are not what they were; also told at the start."""

    def __init__(self, window: QWidget, bridge: Bridge, notices: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._notices = notices
        self._bridge = AlbumBridge(bridge)
        self._state = _UNKNOWN
        # A run may find photos again, or that they lie nowhere any more.
        for signal in (bridge.opened, bridge.finished, bridge.albums_changed):
            signal.connect(self._fetch)

    @property
    def albums(self) -> Sequence[Album]:
        """All albums, in the order of their names."""
        return self._state.albums

    def album(self, album_id: int) -> Album | None:
        """The album of this id, if it is there."""
        return next((album for album in self.albums if album.id == album_id), None)

    def key_of(self, album: Album) -> int | None:
        """The number of the key that puts photos into an album; only the first have one."""
        number = [each.id for each in self.albums].index(album.id) + 1
        return number if number <= WITH_KEYS else None

    @property
    def history(self) -> History:
        """What would be undone and redone next."""
        return self._state.history

    def fetch_label_counts(
        self, photo_ids: Sequence[int], answer: Callable[[list[LabelCount] | Failure], None]
    ) -> None:
        """What is said of photos, album by album; albums of which nothing is said are left out."""
        self._bridge.fetch_label_counts(photo_ids, answer)

    def fetch_albums_of(
        self,
        photo_ids: Sequence[int],
        answer: Callable[[dict[int, tuple[int, ...]] | Failure], None],
    ) -> None:
        """The ids of the albums that photos are in; those in none are left out."""
        self._bridge.fetch_albums_of(photo_ids, answer)

    def ask_to_create(self, photo_ids: Sequence[int] = ()) -> None:
        """Make an album, of which the name is asked for, and put photos into it."""
        dialog = NameDialog(_("New album"), _("Name of the album"), "", _("Create"), self._window)

        def answer(result: Album | Failure) -> None:
            dialog.answer("" if isinstance(result, Album) else failure_sentence(result))
            if isinstance(result, Album) and photo_ids:
                self.add(result, photo_ids)
            elif isinstance(result, Album):
                text = _("Album “{album}” created").format(album=result.name)
                self._notices.say(_("{act}.").format(act=text), _("Undo"), self.undo)

        dialog.given.connect(lambda name: self._bridge.create(name, answer))
        dialog.open()

    def ask_to_rename(self, album: Album) -> None:
        """Give an album another name, which is asked for."""
        dialog = NameDialog(
            _("Rename the album"), _("Name of the album"), album.name, _("Rename"), self._window
        )

        def answer(result: Act | Failure | None) -> None:
            if result is None or isinstance(result, Act):
                dialog.answer("")
                self.tell(result)
            else:
                dialog.answer(failure_sentence(result))

        dialog.given.connect(lambda name: self._bridge.rename(album.id, name, answer))
        dialog.open()

    def recolour(self, album: Album, colour: str) -> None:
        """Give an album another colour."""
        self._bridge.recolour(album.id, colour, self.tell)

    def ask_to_delete(self, album: Album) -> None:
        """Delete an album, after a question."""
        ask_before_album_is_deleted(
            self._window, album.name, lambda: self._bridge.delete(album.id, self.tell)
        )

    def add(self, album: Album, photo_ids: Sequence[int], then: Answer | None = None) -> None:
        """Put photos into an album; ``then`` also gets what came of it."""
        self._bridge.add(album.id, photo_ids, self._telling(then))

    def add_by_key(self, number: int, photo_ids: Sequence[int]) -> None:
        """Put photos, if there are any, into the album with a key."""
        if not photo_ids:
            return
        if number <= len(self.albums):
            self.add(self.albums[number - 1], photo_ids)
        else:
            self._notices.say(_("There is no album with the key {n}.").format(n=figure(number)))

    def remove(self, album: Album, photo_ids: Sequence[int]) -> None:
        """Take photos out of an album, and forget that they were said not to be in it."""
        self._bridge.remove(album.id, photo_ids, self.tell)

    def reject(self, album: Album, photo_ids: Sequence[int], then: Answer | None = None) -> None:
        """Note that photos are not in an album; ``then`` also gets what came of it."""
        self._bridge.reject(album.id, photo_ids, self._telling(then))

    def undo(self) -> None:
        """Undo what was done last, also in an earlier session."""
        self._bridge.undo(
            lambda result: self._say(result, _("Undone: {act}."), _("Redo"), self.redo)
        )

    def redo(self) -> None:
        """Do again what was undone last."""
        self._bridge.redo(
            lambda result: self._say(result, _("Done again: {act}."), _("Undo"), self.undo)
        )

    def _telling(self, then: Answer | None) -> Answer:
        def answer(result: Act | Failure | None) -> None:
            self.tell(result)
            if then is not None:
                then(result)

        return answer

    def tell(self, result: Act | Failure | None) -> None:
        """Say what was done, and offer the way back."""
        self._say(result, _("{act}."), _("Undo"), self.undo)

    def _say(
        self,
        result: Act | Failure | None,
        text: str,
        way_back: str,
        on_way_back: Callable[[], None],
    ) -> None:
        if isinstance(result, Act):
            self._notices.say(text.format(act=described(result)), way_back, on_way_back)
        elif result is None:
            self._notices.say(_("That was so already; nothing has changed."))
        else:
            self._say_failure(result)

    def _fetch(self) -> None:
        self._bridge.fetch(self._on_fetched)

    def _on_fetched(self, state: AlbumsState | Failure) -> None:
        if isinstance(state, AlbumsState):
            self._state = state
            self.changed.emit()
        else:
            self._say_failure(state)

    def _say_failure(self, failure: Failure) -> None:
        if isinstance(failure, DesktopSearchError):
            self._notices.say(error_sentence(failure))
