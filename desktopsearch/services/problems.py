"""What people do about problems: list them, try again, put them aside, write them down."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Problem, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.ingest import Ingest
from desktopsearch.services.library import Library
from desktopsearch.storage import problems, roots


def every(library: Library) -> list[Problem]:
    """What went wrong with files and folders, by path; what was put aside says so."""
    with library.database.read() as connection:
        return problems.every(connection)


def try_again(library: Library, ingest: Ingest, chosen: Iterable[Problem]) -> None:
    """Read files and scan folders again that something is wrong with."""
    files = [each.location_id for each in chosen if each.location_id is not None]
    with library.database.read() as connection:
        folders = [
            (root, roots.relative(root.path, each.path))
            for each in chosen
            if each.location_id is None and (root := roots.covering(connection, each.path))
        ]
    for root, directory in folders:
        ingest.rescan(root, directory, recursive=True)
    if files:
        ingest.read_again(files)


def set_ignored(library: Library, chosen: Iterable[Problem], *, ignored: bool) -> None:
    """Put the problems of files aside until the files change, or list them again."""
    files = [each.location_id for each in chosen if each.location_id is not None]
    with library.database.write() as connection:
        if ignored:
            problems.ignore(connection, files)
        else:
            problems.heed(connection, files)


def at(library: Library, paths: Sequence[Path]) -> list[Problem]:
    """The problems of these files.

    Raises:
        DesktopSearchError: PROBLEM_UNKNOWN.
    """
    known = {each.path: each for each in every(library) if each.location_id is not None}
    found = []
    for path in paths:
        names = (os.fsencode(path.absolute()), os.fsencode(path.resolve()))
        problem = next((known[name] for name in names if name in known), None)
        if problem is None:
            raise DesktopSearchError(ProblemCode.PROBLEM_UNKNOWN, path=shown(names[0]))
        found.append(problem)
    return found


def export(listed: Sequence[Problem], target: Path, sentence_of: Callable[[Problem], str]) -> None:
    """Write problems down: as JSON if the name ends so, else as CSV. Replaces a file.

    Args:
        listed: In the order in which they are written.
        target: A file; undecodable bytes of paths come as in the command line's JSON, and in CSV
            as they are.
        sentence_of: What is said of a problem.

    Raises:
        DesktopSearchError: PROBLEMS_NOT_WRITTEN.
    """
    rows = [fields(each, sentence_of) for each in listed]
    text = io.StringIO(newline="")
    if target.suffix.lower() == ".json":
        json.dump({"problems": rows}, text, indent=2)
    else:
        table = csv.DictWriter(text, fieldnames=["path", "code", "sentence", "at", "ignored"])
        table.writeheader()
        table.writerows(rows)
    try:
        target.write_bytes(text.getvalue().encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise DesktopSearchError(
            ProblemCode.PROBLEMS_NOT_WRITTEN,
            path=str(target),
            reason=error.strerror or str(error),
        ) from error


def fields(problem: Problem, sentence_of: Callable[[Problem], str]) -> dict[str, object]:
    """A problem as programs read it."""
    return {
        "path": os.fsdecode(problem.path),
        "code": problem.code.name,
        "sentence": sentence_of(problem),
        "at": datetime.fromtimestamp(problem.at).astimezone().isoformat(),
        "ignored": problem.ignored,
    }
