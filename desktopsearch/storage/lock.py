"""One writer a library: a lock file that the operating system frees when its holder dies."""

from __future__ import annotations

import contextlib
import os

import filelock

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage.failures import unwritable


class WriterLock:
    """The right to change a library, held until ``release``.

    Raises:
        DesktopSearchError: LIBRARY_BUSY when another process holds it, LIBRARY_UNWRITABLE or
            LIBRARY_DISK_FULL when the data folder cannot be written.
    """

    def __init__(self, paths: LibraryPaths) -> None:
        self._holder = paths.folder / "writer.pid"
        self._lock = filelock.FileLock(paths.writer_lock)
        try:
            paths.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._holder.write_text(str(os.getpid()), encoding="ascii")
        except filelock.Timeout:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_BUSY, process=self._read_holder(), path=str(paths.folder)
            ) from None
        except NotImplementedError as error:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_UNWRITABLE,
                path=str(paths.folder),
                reason="its file system has no locks",
            ) from error
        except OSError as error:
            self._lock.release()
            raise unwritable(paths, error) from error

    def release(self) -> None:
        """Let others write."""
        self._holder.unlink(missing_ok=True)
        self._lock.release()

    def _read_holder(self) -> str:
        with contextlib.suppress(OSError):
            return self._holder.read_text(encoding="ascii") or "?"
        return "?"
