"""``desktopsearch albums import`` and ``export``: albums from and to files."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from desktopsearch.cli.albums import act_fields, state_fields, told
from desktopsearch.cli.output import ProgressLine, document, line, note, path_text
from desktopsearch.cli.texts import _, error_sentence, figure, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.albums import EXPORT_FORMATS
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.album_export import export_albums
from desktopsearch.services.album_import import import_albums
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.sidecars import write_sidecars

_MOST_NAMED = 10


def run(arguments: argparse.Namespace) -> int:
    """Import, or export, and say what came of it."""
    if arguments.act == "import":
        _import(arguments)
    else:
        _export(arguments)
    return 0


def _import(arguments: argparse.Namespace) -> None:
    progress = ProgressLine()
    with Library.open_writer(arguments.library_paths) as library:
        labelling = Labelling(library, publish=lambda _event: None)
        try:
            imported = import_albums(
                library,
                labelling,
                arguments.path,
                default_settings(),
                lambda done, total: progress.count(_("recognising photos"), done, total),
            )
        finally:
            progress.end()
        if arguments.json:
            document(
                {
                    "act": act_fields(imported.act),
                    "unknown": [path_text(path) for path in imported.unknown],
                    **state_fields(library),
                }
            )
            return
    line(told("import", imported.act))
    unknown = imported.unknown
    if unknown:
        note(
            plural(
                "One file is not among the photos of the library and was left out:",
                "{n} files are not among the photos of the library and were left out:",
                len(unknown),
            )
        )
        for path in unknown[:_MOST_NAMED]:
            note(f"  {shown(path)}")
        if len(unknown) > _MOST_NAMED:
            note("  ...")


def _export(arguments: argparse.Namespace) -> None:
    style = arguments.format or arguments.path.suffix.lower().removeprefix(".")
    if style not in EXPORT_FORMATS:
        raise DesktopSearchError(
            ProblemCode.EXPORT_FORMAT_UNCLEAR,
            path=shown(os.fsencode(arguments.path)),
            known=", ".join(EXPORT_FORMATS),
        )
    with Library.open_reader(arguments.library_paths) as library:
        if style == "xmp":
            _export_sidecars(library, arguments.path, as_json=arguments.json)
        else:
            _export_list(library, arguments.path.absolute(), style, as_json=arguments.json)


def _export_list(library: Library, path: Path, style: str, *, as_json: bool) -> None:
    exported = export_albums(library, path, style)
    if as_json:
        document(
            {
                "path": path_text(os.fsencode(path)),
                "format": style,
                "albums": exported.albums,
                "labels": exported.labels,
            }
        )
        return
    albums = plural("one album", "{n} albums", exported.albums)
    labels = plural("one label", "{n} labels", exported.labels)
    line(
        _("{albums} with {labels} written to {path}").format(
            albums=albums, labels=labels, path=shown(os.fsencode(path))
        )
    )


def _export_sidecars(library: Library, folder: Path, *, as_json: bool) -> None:
    progress = ProgressLine()
    try:
        report = write_sidecars(
            library,
            folder,
            lambda done, total: progress.count(_("writing sidecars"), done, total),
        )
    finally:
        progress.end()
    if as_json:
        document(
            {
                "path": path_text(os.path.realpath(os.fsencode(folder))),
                "format": "xmp",
                "written": report.written,
                "unchanged": report.unchanged,
                "left_alone": [
                    {"path": error.parameters["path"], "sentence": str(error)}
                    for error in report.left_alone
                ],
            }
        )
        return
    line(
        _("{written}, {unchanged} as they were").format(
            written=plural("one sidecar written", "{n} sidecars written", report.written),
            unchanged=figure(report.unchanged),
        )
    )
    for error in report.left_alone:
        note(error_sentence(error))
