"""``desktopsearch status`` and ``desktopsearch problems``: how the library stands."""

from __future__ import annotations

import argparse
from datetime import datetime

from desktopsearch.cli.output import document, line, path_text
from desktopsearch.domain.library import shown
from desktopsearch.services.library import Library
from desktopsearch.services.status import problems_of, status


def run(arguments: argparse.Namespace) -> int:
    """Print figures or problems."""
    with Library.open_reader(arguments.library_paths) as library:
        if arguments.command == "status":
            _status(library, as_json=arguments.json)
        else:
            _problems(library, as_json=arguments.json)
    return 0


def _status(library: Library, *, as_json: bool) -> None:
    now = status(library)
    if as_json:
        document(
            {
                "photos": now.totals.photos,
                "locations": now.totals.locations,
                "pending": now.totals.pending,
                "unencoded": now.totals.unencoded,
                "problems": now.totals.problems,
                "folders": [
                    {
                        "path": path_text(folder.path),
                        "offline": folder.offline,
                        "locations": folder.locations,
                        "scanned_at": folder.scanned_at,
                    }
                    for folder in now.folders
                ],
                "generation": now.generation_id,
                "model": now.model,
                "code_bits": now.code_bits,
                "size_bytes": now.size_bytes,
            }
        )
        return
    totals = now.totals
    line(f"{totals.photos:,} photos in {totals.locations:,} files")
    if totals.pending or totals.unencoded:
        line(f"{totals.pending:,} files to read, {totals.unencoded:,} photos to encode")
    line(f"{totals.problems:,} problems")
    for folder in now.folders:
        offline = ", offline" if folder.offline else ""
        line(f"{shown(folder.path)}: {folder.locations:,} files{offline}")
    line(f"generation {now.generation_id}: {now.model}, {now.code_bits} bits")
    line(f"the library takes {now.size_bytes / 1e6:,.1f} MB")


def _problems(library: Library, *, as_json: bool) -> None:
    found = problems_of(library)
    if as_json:
        document(
            {
                "problems": [
                    {
                        "path": path_text(problem.path),
                        "code": problem.code.name,
                        "sentence": problem.sentence,
                        "at": datetime.fromtimestamp(problem.at).astimezone().isoformat(),
                    }
                    for problem in found
                ]
            }
        )
        return
    for problem in found:
        line(f"{shown(problem.path)}: {problem.sentence}")
