"""One window a library: a second start hands its picture to the window that is open, and ends.

Who may be the window is settled by a lock that the system frees when its holder dies; the way to it
is a local socket (on Windows a named pipe) that only the same user reaches. Knows no Qt, so that a
second start is quick.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Annotated, Final

import filelock
import msgspec

from desktopsearch.config import LibraryPaths, runtime_folder
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

_log = logging.getLogger(__name__)

MOST_BYTES: Final = 16_384
PATIENCE_S = 10.0
"""How long a second start waits for a window that is just opening or closing."""
_ANSWER_S = 2.0
_PAUSE_S = 0.1
_TAKEN: Final = b"taken"
_REFUSED: Final = b"refused"


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second start asks of the window: to come to the front and look for something."""

    query: Annotated[bytes, msgspec.Meta(min_length=1, max_length=4_096)] | None = None
    """The absolute path of a picture."""
    activation_token: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    """With it a Wayland desktop lets the window come to the front."""


class Place:
    """The right to be the window of a library, held until ``release``."""

    def __init__(self, paths: LibraryPaths) -> None:
        self._paths = paths
        self._lock = filelock.FileLock(paths.window_lock, thread_local=False)

    def claim(self) -> bool:
        """Take the place; False while another process has it."""
        try:
            self._paths.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            return False
        except (OSError, NotImplementedError):
            # Whatever keeps a lock from being made keeps the library from being opened, which
            # the window says in words.
            return True
        return True

    def release(self) -> None:
        """Let another process be the window."""
        self._lock.release()


def take_place(paths: LibraryPaths, request: Request) -> Place | None:
    """Become the window of a library, or hand the request to the one that is; then None.

    Raises:
        DesktopSearchError: WINDOW_UNANSWERED.
    """
    place = Place(paths)
    expires_at = time.monotonic() + PATIENCE_S
    while not place.claim():
        if hand_over(paths, request):
            return None
        if time.monotonic() >= expires_at:
            raise DesktopSearchError(ProblemCode.WINDOW_UNANSWERED, path=str(paths.folder))
        time.sleep(_PAUSE_S)
    return place


def hand_over(paths: LibraryPaths, request: Request) -> bool:
    """Hand a request to the window of a library; False if there is none that answers."""
    try:
        with Client(_address(paths)) as connection:
            connection.send_bytes(msgspec.json.encode(request))
            return connection.poll(_ANSWER_S) and connection.recv_bytes(MOST_BYTES) == _TAKEN
    except (OSError, EOFError):
        return False


class Reception:
    """Takes requests for the window of this process, on a thread of its own."""

    def __init__(self, paths: LibraryPaths, on_request: Callable[[Request], bool]) -> None:
        """Listen from now on. The place must have been taken.

        Args:
            paths: The library.
            on_request: Called on the thread; tells whether the window heeds it.

        Raises:
            OSError: The system has no place for a socket that only this user reaches.
        """
        self._on_request = on_request
        self._address = _address(paths)
        self._closing = False
        if sys.platform != "win32":
            _make_private(Path(self._address).parent)
            # Whoever holds the place is the only one to listen: what lies there is left over.
            Path(self._address).unlink(missing_ok=True)
        self._listener = Listener(self._address, backlog=8)
        self._thread = threading.Thread(target=self._serve, name="reception", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more requests; returns when the thread has ended."""
        self._closing = True
        try:
            # The thread waits for a caller and for nothing else.
            Client(self._address).close()
        except OSError as error:
            _log.warning("The reception cannot be reached: %s", error)
        else:
            self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._closing:
            try:
                with self._listener.accept() as connection:
                    self._take(connection)
            except (OSError, EOFError, msgspec.DecodeError) as error:
                if not self._closing:
                    _log.warning("A request to the window was refused: %s", error)

    def _take(self, connection: Connection) -> None:
        if self._closing or not connection.poll(_ANSWER_S):
            return
        request = msgspec.json.decode(connection.recv_bytes(MOST_BYTES), type=Request)
        if request.query is not None and not os.path.isabs(request.query):  # noqa: PTH117 - bytes
            raise OSError("the path is not absolute")
        connection.send_bytes(_TAKEN if self._on_request(request) else _REFUSED)


def _address(paths: LibraryPaths) -> str:
    where = os.fsencode(paths.folder.resolve())
    name = hashlib.blake2b(where, digest_size=8).hexdigest()
    if sys.platform == "win32":
        return rf"\\.\pipe\desktopsearch-{name}"
    # Short: such an address has little more than a hundred bytes.
    return str(runtime_folder() / name)


def _make_private(folder: Path) -> None:
    """Make a folder that is this user's alone, also where everybody may make folders.

    Raises:
        OSError: It belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        for each in (folder.parent, folder):
            found = each.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, os.geteuid()):
                raise PermissionError(f"{each} belongs to somebody else")
        folder.chmod(0o700)
