"""``desktopsearch generations``: what was taught, which one is in use, and the way back."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line
from desktopsearch.cli.teaching_texts import report_fields
from desktopsearch.cli.texts import _, decimal, figure, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.library import Generation
from desktopsearch.services import generations
from desktopsearch.services.generations import GenerationEntry
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession


def run(arguments: argparse.Namespace) -> int:
    """List generations, switch to one, go back, or delete one."""
    match arguments.act:
        case "list":
            with Library.open_reader(arguments.library_paths) as library:
                _show(library, arguments)
        case "delete":
            with Library.open_writer(arguments.library_paths) as library:
                generations.delete(library, arguments.id)
                _show(library, arguments)
        case _:
            _switch(arguments)
    return 0


def _switch(arguments: argparse.Namespace) -> None:
    paths, settings = arguments.library_paths, default_settings()
    progress = ProgressLine()
    with (
        WritingSession.open(paths, settings, progress.publish) as session,
        noted() as interrupted,
    ):
        back = arguments.act == "rollback"
        wanted: Generation = (
            generations.before_active(session.library)
            if back
            else generations.known(session.library, arguments.id)
        )
        session.switching.switch_to(wanted, back=back)
        try:
            session.loop.run(until=lambda: interrupted() or not session.switching.busy)
        finally:
            progress.end()
        if session.switching.busy:
            raise Cancelled
        if session.switching.refused is not None:
            raise session.switching.refused
        _show(session.library, arguments)


def _show(library: Library, arguments: argparse.Namespace) -> None:
    entries = generations.every(library)
    if arguments.json:
        document({"generations": [_fields(entry, library) for entry in entries]})
        return
    for entry in entries:
        line(_told(entry))


def _fields(entry: GenerationEntry, library: Library) -> dict[str, object]:
    made, report = entry.generation, entry.report
    return {
        "id": made.id,
        "name": made.name,
        "model": made.model,
        "bits": made.bits,
        "created_at": datetime.fromtimestamp(made.created_at, UTC).isoformat(),
        "active": entry.active,
        "fitted_to": entry.fitted_to,
        "report": report_fields(report, generations.paths_in(library, report)) if report else None,
    }


def _told(entry: GenerationEntry) -> str:
    made, report = entry.generation, entry.report
    text = f"{made.id}: {made.name}, " + _("{bits} bits").format(bits=figure(made.bits))
    if entry.fitted_to is not None:
        text += ", " + plural(
            "fitted to {n} photo of this library",
            "fitted to the {n} photos of this library",
            entry.fitted_to,
        )
    if report is not None:
        text += f", {report.objective}"
        if report.proof is not None:
            text += ", " + _("gain {gain} of mAP").format(
                gain=decimal(report.proof.verdict.gain, 3)
            )
    return _("{generation} (in use)").format(generation=text) if entry.active else text
