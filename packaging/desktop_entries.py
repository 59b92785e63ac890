"""Tells desktops of freedesktop.org about Desktopsearch: among the programs, and for pictures.

``python packaging/desktop_entries.py install`` puts the entries of ``packaging/desktop`` and the
icon where the person who asks keeps such things (``XDG_DATA_HOME``), so that file managers offer
*Search similar photos*; ``remove`` takes them away again. ``--program`` names the command to start;
by default it is the one beside the Python that runs this.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
ENTRIES = CHECKOUT / "packaging" / "desktop"
ICON = CHECKOUT / "resources" / "icons" / "desktopsearch.svg"

_PLACES = {
    "desktopsearch.desktop": "applications/desktopsearch.desktop",
    "desktopsearch-similar.desktop": "applications/desktopsearch-similar.desktop",
    "servicemenu.desktop": "kio/servicemenus/desktopsearch.desktop",
}
_ICON_PLACE = "icons/hicolor/scalable/apps/desktopsearch.svg"
_PLAIN = re.compile(r"[\w/.+:,=@-]+", re.ASCII)


def main() -> None:
    """Install or remove."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("install", "remove"))
    parser.add_argument(
        "--program", type=Path, default=Path(sys.executable).parent / "desktopsearch"
    )
    arguments = parser.parse_args()
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    if arguments.act == "install":
        program = Path(os.path.abspath(arguments.program))  # noqa: PTH100 - links stay links
        if not os.access(program, os.X_OK):
            sys.exit(f"There is no program {program}; run 'make run' first.")
        _install(data, program)
    else:
        for place in (*_PLACES.values(), _ICON_PLACE):
            (data / place).unlink(missing_ok=True)
    refresh = shutil.which("update-desktop-database")
    if refresh is not None and (data / "applications").is_dir():
        # Only some desktops need it, and it grumbles about other programs' entries.
        subprocess.run([refresh, "-q", data / "applications"], check=False)  # noqa: S603


def _install(data: Path, program: Path) -> None:
    for name, place in _PLACES.items():
        target = data / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (ENTRIES / name).read_text(encoding="utf-8")
        text = re.sub(r"(?m)^Exec=desktopsearch", lambda _: f"Exec={_quoted(program)}", text)
        text = re.sub(r"(?m)^TryExec=.*$", lambda _: f"TryExec={_escaped(str(program))}", text)
        target.write_text(text, encoding="utf-8")
    # KDE heeds only those in a person's folder that may be executed.
    (data / _PLACES["servicemenu.desktop"]).chmod(0o755)
    (data / _ICON_PLACE).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ICON, data / _ICON_PLACE)


def _quoted(program: Path) -> str:
    """A word of a command line, as the Desktop Entry Specification 1.5 quotes and escapes it."""
    word = str(program).replace("%", "%%")
    if not _PLAIN.fullmatch(word):
        word = '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'
    return _escaped(word)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


if __name__ == "__main__":
    main()
