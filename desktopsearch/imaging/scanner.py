"""The scanner role: lists the picture files below a folder, one reply per directory.

Never opens a file, never goes through an excluded name, never lists anything twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.excludes import Excludes
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.filefacts import (
    device,
    is_junction,
    is_placeholder,
    reason,
    shown,
    stamp,
)
from desktopsearch.imaging.formats import is_picture_name
from desktopsearch.imaging.messages import (
    DirectoryListed,
    DirectoryUnreadable,
    FoundFile,
    ScanFinished,
    ScanTree,
)


def create(options: bytes) -> Scanner:  # noqa: ARG001 - every role is made the same way
    """Make the role for ``ipc.serve``."""
    return Scanner()


class Scanner:
    """Answers ``ScanTree``."""

    requests = ScanTree
    detail = ""

    def handle(
        self, request: ScanTree
    ) -> Iterator[DirectoryListed | DirectoryUnreadable | ScanFinished]:
        """Yield what lies below the folder, then ``ScanFinished``.

        Directories come with their parents first, in the order of their names.

        Raises:
            DesktopSearchError: FOLDER_OFFLINE, FOLDER_NOT_A_FOLDER or FOLDER_UNREADABLE, about the
                root; a directory below it that cannot be listed is a ``DirectoryUnreadable``.
        """
        return _Walk(request).run()


@dataclass(frozen=True, slots=True)
class _Content:
    directories: list[tuple[bytes, bool]]
    """Names, and whether each is a link."""
    files: list[FoundFile]


class _Walk:
    def __init__(self, request: ScanTree) -> None:
        parts = request.directory.split(b"/") if request.directory else []
        if not {b"", b".", b".."}.isdisjoint(parts):
            raise BugError(f"{request.directory!r} is not a path below the root")
        self._root = request.root
        self._start = request.directory
        self._recursive = request.recursive
        self._excludes = Excludes(request.excludes)
        self._real_root = b""
        self._visited: set[tuple[int, int] | bytes] = set()

    def run(self) -> Iterator[DirectoryListed | DirectoryUnreadable | ScanFinished]:
        status, empty = self._look_at_root()
        self._real_root = os.path.realpath(self._root)
        self._enter(self._root, status)
        if self._start and (
            self._excludes.leaves_out(os.fsdecode(self._start)) or self._starts_behind_a_link()
        ):
            yield DirectoryListed(self._start, [])
        else:
            yield from self._directories()
        # A drive that went away during the scan must not pass for a folder without photos.
        status_after, _ = self._look_at_root()
        if device(status_after) != device(status):
            raise DesktopSearchError(ProblemCode.FOLDER_OFFLINE, path=shown(self._root))
        yield ScanFinished(device(status), empty)

    def _look_at_root(self) -> tuple[os.stat_result, bool]:
        try:
            status = os.stat(self._root)  # noqa: PTH116 - Path takes no bytes
            with os.scandir(self._root) as entries:
                empty = next(entries, None) is None
        except NotADirectoryError:
            raise DesktopSearchError(
                ProblemCode.FOLDER_NOT_A_FOLDER, path=shown(self._root)
            ) from None
        except PermissionError as error:
            raise DesktopSearchError(
                ProblemCode.FOLDER_UNREADABLE, path=shown(self._root), reason=reason(error)
            ) from error
        except OSError as error:
            raise DesktopSearchError(ProblemCode.FOLDER_OFFLINE, path=shown(self._root)) from error
        return status, empty

    def _directories(self) -> Iterator[DirectoryListed | DirectoryUnreadable]:
        outside = not self._is_inside(_joined(self._root, self._start))
        waiting = [(self._start, False, outside)]
        while waiting:
            directory, is_link, outside = waiting.pop()
            path = _joined(self._root, directory)
            try:
                if is_link and self._is_inside(path):
                    continue
                # Only links can lead to a place twice. Inside the root the numbers are not asked
                # for: some network file systems give one number to several directories.
                outside = outside or is_link
                if outside and not self._enter(path, os.stat(path)):  # noqa: PTH116 - bytes
                    continue
                content = self._content(path, directory)
            except (FileNotFoundError, NotADirectoryError):
                continue  # gone since its parent was listed; what is not listed is gone
            except OSError as error:
                yield DirectoryUnreadable(directory, reason(error))
                continue
            yield DirectoryListed(directory, content.files)
            if self._recursive:
                waiting.extend(
                    (_below(directory, name), link, outside)
                    for name, link in reversed(content.directories)
                )

    def _starts_behind_a_link(self) -> bool:
        """Return whether the start is another name of a place inside the root."""
        path = _joined(self._root, self._start)
        own = os.path.normcase(_joined(self._real_root, self._start))
        return self._is_inside(path) and os.path.normcase(os.path.realpath(path)) != own

    def _is_inside(self, path: bytes) -> bool:
        target = os.path.realpath(path)
        return target == self._real_root or target.startswith(_joined(self._real_root, b""))

    def _enter(self, path: bytes, status: os.stat_result) -> bool:
        """Return whether a directory is seen for the first time."""
        number = (status.st_dev, status.st_ino)
        key = number if status.st_ino else os.path.realpath(path)
        if key in self._visited:
            return False
        self._visited.add(key)
        return True

    def _content(self, path: bytes, directory: bytes) -> _Content:
        directories: list[tuple[bytes, bool]] = []
        files: list[FoundFile] = []
        prefix = os.fsdecode(directory) + "/" if directory else ""
        with os.scandir(path) as entries:
            for entry in entries:
                if self._excludes.matches(prefix + os.fsdecode(entry.name)):
                    continue
                try:
                    if entry.is_dir():
                        own = entry.stat(follow_symlinks=False)
                        if not is_placeholder(own):
                            link = entry.is_symlink() or is_junction(own)
                            directories.append((entry.name, link))
                    elif is_picture_name(entry.name):
                        status = entry.stat()
                        # What is not a regular file is listed too: the decoder refuses it in words.
                        if not is_placeholder(status):
                            files.append(_found(entry.name, status))
                except FileNotFoundError:
                    # Gone since the listing, or a link to nowhere: as if it had not been there.
                    continue
                except OSError:
                    # A link may lead anywhere; but where an own entry cannot be looked at, the
                    # directory must not pass for one without pictures.
                    if not entry.is_symlink():
                        raise
        directories.sort()
        files.sort(key=lambda file: file.name)
        return _Content(directories, files)


def _found(name: bytes, status: os.stat_result) -> FoundFile:
    known = stamp(status)
    return FoundFile(name, known.size, known.mtime_ns, known.inode)


def _joined(root: bytes, directory: bytes) -> bytes:
    return os.path.join(root, *directory.split(b"/"))  # noqa: PTH118 - Path takes no bytes


def _below(directory: bytes, name: bytes) -> bytes:
    return directory + b"/" + name if directory else name
