"""Programs that open a kind of file, as desktops of freedesktop.org keep them; and their start.

Reads ``.desktop`` files and ``mimeapps.list`` (Desktop Entry Specification 1.5, MIME Applications
1.0). What cannot be read or makes no sense is left out: it is another program's business.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_ENTRY = "Desktop Entry"
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_TAKES_FILE = re.compile(r"%[fFuU]")
# The shell ends at once and leaves the program to the system, so that it is nobody's child here.
_LEAVE = 'command -v "$1" >/dev/null || exit 127; "$@" >/dev/null 2>&1 </dev/null &'
_MOST_FILES = 2_000

Groups = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Program:
    """One that says it opens such files."""

    name: str
    """In the language of the user, where it has one."""
    icon: str
    """Name of the icon theme, or a path; empty if there is none."""
    words: tuple[str, ...]
    """Of its command line, with the field codes of the specification."""

    def command(self, path: bytes) -> list[bytes]:
        """Its command line with a file."""
        words = [_filled(word, self.name, path) for word in self.words]
        if not any(map(_TAKES_FILE.search, self.words)):
            words.append(path)
        return [word for word in words if word]


def programs_for(kinds: Sequence[str], language: str) -> list[Program]:
    """Return the programs for a kind of file: the usual one first, then by their names.

    Args:
        kinds: MIME types, the most exact first; programs for any of them are taken.
        language: Such as ``de``, for the names.
    """
    entries = dict(_entries())
    wanted: list[str] = []
    unwanted: set[str] = set()
    for lists in map(_groups, _lists()):
        for kind in kinds:
            for group in ("Default Applications", "Added Associations"):
                listed = _parts(lists.get(group, {}).get(kind, ""))
                wanted += [name for name in listed if name not in unwanted]
            unwanted |= set(_parts(lists.get("Removed Associations", {}).get(kind, "")))
    able = [
        name
        for name, entry in entries.items()
        if name not in unwanted and set(kinds) & set(_parts(entry.get("MimeType", "")))
    ]
    able.sort(key=lambda name: entries[name].get("Name", "").casefold())
    found = (_program(entries.get(name, {}), language) for name in dict.fromkeys(wanted + able))
    return [program for program in found if program is not None]


def start(program: Program, path: bytes) -> bool:
    """Start a program with a file; it goes on when this application ends. False if it is gone."""
    command: list[str | bytes] = ["/bin/sh", "-c", _LEAVE, "sh", *program.command(path)]
    try:
        # The program is one that the person chose, and the file is a word of its own.
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _data_folders() -> list[Path]:
    own = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    others = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(part) for part in (own, *others.split(":")) if part]


def _lists() -> Iterator[Path]:
    """Where a person or the system has said which programs are meant; the first counts most."""
    own = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    others = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    yield from (Path(part) / "mimeapps.list" for part in (own, *others.split(":")) if part)
    yield from (folder / "applications" / "mimeapps.list" for folder in _data_folders())


def _entries() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every desktop entry by its id; what comes first hides others of the same id."""
    seen: set[str] = set()
    for folder in (each / "applications" for each in _data_folders()):
        for file in sorted(folder.rglob("*.desktop")):
            name = "-".join(file.relative_to(folder).parts)
            if name not in seen:
                seen.add(name)
                yield name, _groups(file).get(_ENTRY, {})


def _program(entry: Mapping[str, str], language: str) -> Program | None:
    words = _words(entry.get("Exec", ""))
    is_there = words and shutil.which(_unescaped(entry.get("TryExec", "")) or words[0])
    hidden = "true" in (entry.get("Hidden"), entry.get("Terminal"))
    if entry.get("Type") != "Application" or hidden or not is_there:
        return None
    name = entry.get(f"Name[{language}]") or entry.get("Name", words[0])
    return Program(_unescaped(name), _unescaped(entry.get("Icon", "")), tuple(words))


def _groups(file: Path) -> Groups:
    try:
        found = file.stat()
        return _read(file, found.st_mtime_ns, found.st_size)
    except OSError:
        return {}


@lru_cache(_MOST_FILES)
def _read(file: Path, _changed_ns: int, _size: int) -> Groups:
    """What a file says; desktops have hundreds, so each is read again only when it has changed."""
    groups: dict[str, dict[str, str]] = {}
    text = file.read_bytes().decode("utf-8", "replace")
    group: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("[") and line.rstrip().endswith("]"):
            group = groups.setdefault(line.strip()[1:-1], {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            group.setdefault(key.strip(), value.strip())
    return groups


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([sntr\\])", lambda found: _ESCAPES[found[1]], text)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(_unescaped(text))
    except ValueError:
        return []


def _filled(word: str, name: str, path: bytes) -> bytes:
    """Put what they stand for in the place of field codes; those for what there is not go."""
    uri = Path(os.fsdecode(path)).as_uri().encode("ascii")
    meant = {"f": path, "F": path, "u": uri, "U": uri, "c": os.fsencode(name), "%": b"%"}
    parts = re.split(r"%(.)", word)
    return b"".join(
        meant.get(part, b"") if number % 2 else os.fsencode(part)
        for number, part in enumerate(parts)
    )
