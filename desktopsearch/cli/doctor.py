"""``desktopsearch doctor``: is the library sound, and if not, make anew what can be."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line
from desktopsearch.cli.texts import _
from desktopsearch.config import default_settings
from desktopsearch.services import upkeep
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from desktopsearch.services.upkeep import Check


def run(arguments: argparse.Namespace) -> int:
    """Check the library, after rebuilding all that is derived if that is wished.

    Returns:
        0 if everything is sound, else 1.
    """
    if arguments.rebuild:
        progress = ProgressLine()
        paths = arguments.library_paths
        with (
            noted() as interrupted,
            WritingSession.open(paths, default_settings(), progress.publish) as session,
        ):
            upkeep.forget_derived(session.library)
            session.bring_up_to_date(stop=interrupted)
            progress.end()
            checks = upkeep.examine(session.library)
    else:
        with Library.open_reader(arguments.library_paths) as library:
            checks = upkeep.examine(library)
    return _report(checks, rebuilt=arguments.rebuild, as_json=arguments.json)


def _report(checks: Sequence[Check], *, rebuilt: bool, as_json: bool) -> int:
    sound = all(check.ok for check in checks)
    if as_json:
        document(
            {
                "ok": sound,
                "rebuilt": rebuilt,
                "checks": [
                    {"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks
                ],
            }
        )
    else:
        for check in checks:
            line(f"{check.name}: {check.detail}")
        if sound:
            line(_("The library is sound."))
        else:
            line(
                _(
                    "Something is wrong. 'desktopsearch doctor --rebuild' makes anew codes,"
                    " embeddings and proxies."
                )
            )
    return 0 if sound else 1
