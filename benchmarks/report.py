"""Writes what a benchmark measured: raw figures as JSON and a table for people beside it."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from desktopsearch import __version__

RESULTS = Path(__file__).parent / "results"


def write(name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table and keep it, with its origin, as ``results/<name>.md`` and ``.json``."""
    origin = {
        "command": shlex.join(["python", "-m", f"benchmarks.{name}", *sys.argv[1:]]),
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "version": __version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }
    lines = [
        f"# {name}",
        "",
        *(f"- {key}: `{value}`" for key, value in origin.items()),
        "",
        _row(columns),
        _row(["---"] * len(columns)),
        *(_row([_shown(cell) for cell in row]) for row in rows),
        "",
    ]
    text = "\n".join(lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    raw = {**origin, "columns": list(columns), "rows": [list(row) for row in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _shown(cell: object) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
