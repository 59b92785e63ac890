"""Writes what a benchmark measured: raw figures as JSON and tables for people beside them."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from desktopsearch import __version__

RESULTS = Path(__file__).parent / "results"


def write(
    benchmark: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    part: str = "",
    summary: Sequence[str] = (),
    raw: Mapping[str, object] | None = None,
    folder: Path = RESULTS,
) -> None:
    """Print a table and keep it, with its origin, as Markdown and as JSON.

    Args:
        benchmark: Name of the module that measured; also the name of the files.
        columns: Heads of the table.
        rows: A row of cells each.
        part: What was measured, where a benchmark measures several things; then the files are
            called ``<benchmark>-<part>``.
        summary: Lines of Markdown that stand before the table.
        raw: What else belongs into the JSON file.
        folder: Where the files go.
    """
    name = f"{benchmark}-{part}" if part else benchmark
    origin = {
        "command": shlex.join(["python", "-m", f"benchmarks.{benchmark}", *_without_places()]),
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
        *summary,
        *table(columns, rows),
        "",
    ]
    text = "\n".join(lines)
    print(text)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    content = {**origin, **(raw or {}), "columns": list(columns), "rows": [*map(list, rows)]}
    (folder / f"{name}.json").write_text(_as_json(content), encoding="utf-8")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return the lines of a Markdown table."""
    shown = [_row([_shown(cell) for cell in row]) for row in rows]
    return [_row(columns), _row(["---"] * len(columns)), *shown]


def _without_places() -> list[str]:
    """Return the arguments of this command, each path with its last part alone."""
    return [Path(word).name if os.sep in word else word for word in sys.argv[1:]]


def _as_json(content: Mapping[str, object]) -> str:
    """Write an entry a line, and of lists that hold rows or records each of these."""
    entries = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            text = "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"
        entries.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _shown(cell: object) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
