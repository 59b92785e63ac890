"""Which names a scan leaves out: the default patterns, the matcher, the check of a typed pattern.

Pure; knows nothing of the file system. Names are ``str`` as ``os.fsdecode`` makes them.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

DEFAULT_PATTERNS: tuple[str, ...] = (
    # hidden names, with them the trash and thumbnail folders of most systems
    ".*",
    "._*",
    # network storage
    "@eaDir",
    "@Recycle",
    "#recycle",
    "#snapshot",
    # Windows
    "$RECYCLE.BIN",
    "RECYCLER",
    "System Volume Information",
    "AppData",
    "Thumbs.db",
    "ehthumbs*.db",
    # macOS
    "__MACOSX",
    "Network Trash Folder",
    "Temporary Items",
    # Linux
    "lost+found",
    # what photo programs derive from the photos
    "*.lrdata",
    "*.cocatalog",
    "CaptureOne/Cache",
    "*/CaptureOne/Cache",
    "*.photoslibrary/database",
    "*.photoslibrary/private",
    "*.photoslibrary/resources",
    "*.photoslibrary/scopes",
    "*.photolibrary/Previews",
    "*.photolibrary/Thumbnails",
    # what programmers keep
    "node_modules",
    "__pycache__",
)

LONGEST_PATTERN = 200


class Excludes:
    """Matches names against patterns, whatever their case and Unicode normal form.

    A pattern without ``/`` is compared with a single name, one with ``/`` with the path relative
    to the root; ``*`` then also stands for ``/``, and a leading ``/`` is only there to say "from
    the root".
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        normal = [_normal(pattern) for pattern in patterns]
        self._name = _union(pattern for pattern in normal if "/" not in pattern)
        self._path = _union(pattern.lstrip("/") for pattern in normal if "/" in pattern)

    def leaves_out(self, path: str) -> bool:
        """Return whether a file or directory, itself or by a folder above it, is left out.

        Args:
            path: Relative to the root, with ``/`` between its parts; the root itself is ``""``.
        """
        end = path.find("/")
        while end != -1:
            if self.matches(path[:end]):
                return True
            end = path.find("/", end + 1)
        return self.matches(path)

    def matches(self, path: str) -> bool:
        """Return whether a pattern matches this very path; folders above it are not looked at."""
        normal = unicodedata.normalize("NFC", path)
        name = normal.rpartition("/")[2]
        return bool(
            (self._name is not None and self._name.match(name))
            or (self._path is not None and self._path.match(normal))
        )


def checked_pattern(text: str) -> str:
    """Return a pattern that a person typed in the form in which it is kept.

    Surrounding blanks and a trailing slash go, backslashes become slashes.

    Raises:
        DesktopSearchError: EXCLUDE_EMPTY, EXCLUDE_TOO_LONG, EXCLUDE_TOO_WIDE or EXCLUDE_INVALID.
    """
    pattern = re.sub("/+", "/", text.strip().replace("\\", "/"))
    pattern = pattern.removeprefix("./")
    pattern = pattern if pattern == "/" else pattern.removesuffix("/")
    if not pattern:
        raise DesktopSearchError(ProblemCode.EXCLUDE_EMPTY)
    if len(pattern) > LONGEST_PATTERN:
        raise DesktopSearchError(ProblemCode.EXCLUDE_TOO_LONG, limit=LONGEST_PATTERN)
    if not pattern.isprintable() or {".", ".."} & set(pattern.split("/")):
        raise DesktopSearchError(
            ProblemCode.EXCLUDE_INVALID, pattern=pattern.encode("utf-8", "replace").decode("utf-8")
        )
    if not pattern.strip("*?/"):
        raise DesktopSearchError(ProblemCode.EXCLUDE_TOO_WIDE, pattern=pattern)
    return pattern


def blamed(patterns: Iterable[str], path: str) -> list[str]:
    """Return the patterns that leave out a path, by itself or by a folder above it.

    Args:
        patterns: In the form in which they are kept.
        path: Relative to the root, with ``/`` between its parts.
    """
    return [pattern for pattern in patterns if Excludes([pattern]).leaves_out(path)]


def pattern_of(path: str) -> str:
    """Return the pattern that leaves out one file or folder, the same below every root.

    What a pattern cannot hold as it is, such as a line break, becomes ``?``.

    Args:
        path: Relative to its root, with ``/`` between its parts.
    """
    shielded = "".join(
        f"[{each}]" if each in "*?[" else each if each.isprintable() and each != "\\" else "?"
        for each in path
    )
    # A blank at the end of a typed pattern is taken for a slip.
    return "/" + (shielded[:-1] + "?" if shielded[-1:].isspace() else shielded)


def _normal(pattern: str) -> str:
    return unicodedata.normalize("NFC", pattern)


def _union(patterns: Iterable[str]) -> re.Pattern[str] | None:
    parts = [fnmatch.translate(pattern) for pattern in patterns]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None
