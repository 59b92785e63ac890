"""``desktopsearch index`` and ``desktopsearch watch``: bring the library up to date."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line, note
from desktopsearch.cli.state import photos_in_files
from desktopsearch.cli.texts import _, decimal, figure, plural
from desktopsearch.config import Settings, default_settings
from desktopsearch.services import folders, preferences
from desktopsearch.services.events import Event, Publish, RunFinished
from desktopsearch.services.pacing import Pacing
from desktopsearch.services.session import WritingSession
from desktopsearch.services.watching import Watching


def run(arguments: argparse.Namespace) -> int:
    """Index once, or index and keep watching."""
    progress = ProgressLine()
    finished: list[RunFinished] = []

    def publish(event: Event) -> None:
        progress.publish(event)
        if isinstance(event, RunFinished):
            progress.end()
            finished.append(event)

    settings = default_settings()
    if arguments.command == "index":
        kept = preferences.load(arguments.library_paths).preferences
        settings = preferences.applied(kept, settings)
    with (
        noted() as interrupted,
        WritingSession.open(arguments.library_paths, settings, publish) as session,
    ):
        if arguments.command == "watch":
            _watch(session, settings, publish, interrupted)
            return 0
        folders.add(session.library, arguments.paths)
        session.bring_up_to_date(retry=arguments.retry, stop=interrupted)
        _report(session, finished[-1], as_json=arguments.json)
    return 0


def _watch(
    session: WritingSession, settings: Settings, publish: Publish, stop: Callable[[], bool]
) -> None:
    pacing = Pacing(session, settings, publish)
    Watching(
        session.library,
        session.ingest,
        session.loop,
        publish,
        sweep_interval_s=lambda: pacing.rescan_interval_s,
    )
    session.ingest.start()
    note(_("Watching; press Ctrl+C to stop."))
    session.loop.run(until=stop)


def _report(session: WritingSession, run: RunFinished, *, as_json: bool) -> None:
    totals = session.library.totals()
    rate = run.indexed / run.seconds if run.seconds else 0.0
    if as_json:
        document(
            {
                "photos": totals.photos,
                "locations": totals.locations,
                "indexed": run.indexed,
                "failed": run.failed,
                "removed": run.removed,
                "seconds": round(run.seconds, 3),
                "images_per_second": round(rate, 2),
                "device": run.device,
            }
        )
        return
    line(photos_in_files(totals))
    line(
        _(
            "this run: {read} read, {failed} failed, {removed} removed in {seconds} s"
            " ({rate} photos/s)"
        ).format(
            read=figure(run.indexed),
            failed=figure(run.failed),
            removed=figure(run.removed),
            seconds=decimal(run.seconds),
            rate=figure(round(rate)),
        )
    )
    if totals.problems:
        line(
            plural(
                "{n} problem: see 'desktopsearch problems'",
                "{n} problems: see 'desktopsearch problems'",
                totals.problems,
            )
        )
