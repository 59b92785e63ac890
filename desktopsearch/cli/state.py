"""``desktopsearch status``: what the library holds."""

from __future__ import annotations

import argparse

from desktopsearch.cli.output import document, line, path_text
from desktopsearch.cli.texts import _, decimal, figure, plural
from desktopsearch.domain.library import Totals, shown
from desktopsearch.services.library import Library
from desktopsearch.services.status import status


def run(arguments: argparse.Namespace) -> int:
    """Print figures."""
    with Library.open_reader(arguments.library_paths) as library:
        _status(library, as_json=arguments.json)
    return 0


def photos_in_files(totals: Totals) -> str:
    """How much a library holds."""
    return _("{photos} in {files}").format(
        photos=plural("{n} photo", "{n} photos", totals.photos),
        files=plural("{n} file", "{n} files", totals.locations),
    )


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
    line(photos_in_files(totals))
    if totals.pending or totals.unencoded:
        line(
            _("{files} to read, {photos} to encode").format(
                files=plural("{n} file", "{n} files", totals.pending),
                photos=plural("{n} photo", "{n} photos", totals.unencoded),
            )
        )
    line(plural("{n} problem", "{n} problems", totals.problems))
    for folder in now.folders:
        files = plural("{n} file", "{n} files", folder.locations)
        if folder.offline:
            files = _("{count} · offline").format(count=files)
        line(f"{shown(folder.path)}: {files}")
    line(
        _("generation {number}: {model}, {bits} bits").format(
            number=now.generation_id, model=now.model, bits=figure(now.code_bits)
        )
    )
    line(_("the library takes {megabytes} MB").format(megabytes=decimal(now.size_bytes / 1e6)))
