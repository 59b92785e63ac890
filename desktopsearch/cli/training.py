"""``desktopsearch train``: learn from the albums, prove it, and use what is better."""

from __future__ import annotations

import argparse

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line, note
from desktopsearch.cli.teaching_texts import report_fields, sentences
from desktopsearch.cli.texts import _, decimal, figure, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.teaching import Depth
from desktopsearch.services.events import Event, TeachingForetold
from desktopsearch.services.generations import paths_in
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching import Outcome
from desktopsearch.services.teaching_forecast import Forecast, forecast
from desktopsearch.services.teaching_job import Job, Wish
from desktopsearch.teaching_texts import forecast_sentence, reason_sentence, unforetold_sentence


def run(arguments: argparse.Namespace) -> int:
    """Teach, and tell what came of it."""
    paths = arguments.library_paths
    if not paths.library.exists():
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))
    depth = Depth(arguments.depth)
    wish = Wish(arguments.objective, arguments.bits, not arguments.no_activate, depth)
    progress = ProgressLine()
    foretold: list[Forecast] = []

    def publish(event: Event) -> None:
        if isinstance(event, TeachingForetold):
            progress.end()
            foretold.append(Forecast(event.low_s, event.high_s))
            note(forecast_sentence(event.low_s, event.high_s, decimal))
        progress.publish(event)

    answers: list[Outcome | DesktopSearchError | Cancelled] = []
    with (
        WritingSession.open(paths, default_settings(), publish) as session,
        noted() as interrupted,
    ):
        try:
            job = session.teaching.start(wish, answers.append)
            note(_beginning(job))
            if session.teaching.resumed:
                # How much of it is left to do only the trainer will know.
                note(_("It goes on where an earlier run was interrupted."))
            elif depth is Depth.DEEP:
                note(unforetold_sentence())
            else:
                photos = job.labelled + job.unlabelled
                foretold.append(forecast(session.library, job.objective, photos))
                note(forecast_sentence(foretold[0].low_s, foretold[0].high_s, decimal))
            session.loop.run(
                until=lambda: interrupted() or bool(answers and not session.switching.busy)
            )
        finally:
            progress.end()
        if not answers:
            raise Cancelled
        outcome = answers[0]
        if isinstance(outcome, Exception):
            raise outcome
        expected = foretold[0] if foretold else None
        _tell(outcome, expected, session.library, arguments)
    return 0


def _beginning(job: Job) -> str:
    return _("learning by {objective} ({reason}): {labelled} in {albums}, {unlabelled}").format(
        objective=job.objective,
        reason=reason_sentence(job.reason),
        labelled=plural("{n} photo", "{n} photos", job.labelled),
        albums=plural("{n} album", "{n} albums", len(job.albums)),
        unlabelled=plural("{n} without an album", "{n} without an album", job.unlabelled),
    )


def _tell(
    outcome: Outcome, expected: Forecast | None, library: Library, arguments: argparse.Namespace
) -> None:
    generation, report = outcome
    active = generation.id == library.snapshot.generation.id
    if arguments.json:
        document(
            {
                "generation": generation.id,
                "activated": active,
                "forecast_seconds": {
                    "low": round(expected.low_s, 1),
                    "high": round(expected.high_s, 1),
                }
                if expected
                else None,
                "report": report_fields(report, paths_in(library, report)),
            }
        )
        return
    line(
        _("generation {id}: {objective}, {bits} bits, taught in {seconds} s").format(
            id=generation.id,
            objective=report.objective,
            bits=figure(report.bits),
            seconds=decimal(report.seconds),
        )
    )
    for sentence in sentences(report):
        line(sentence)
    if active:
        line(_("It is in use now; 'desktopsearch generations rollback' undoes that."))
    else:
        line(
            _("It is kept aside; 'desktopsearch generations activate {id}' uses it.").format(
                id=generation.id
            )
        )
