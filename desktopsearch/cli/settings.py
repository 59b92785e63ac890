"""``desktopsearch settings``: what a person has set, for the window and for ``watch``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import msgspec

from desktopsearch.cli.output import document, line, note
from desktopsearch.cli.texts import said
from desktopsearch.domain import preferences as known
from desktopsearch.domain.preferences import Preferences
from desktopsearch.services import preferences


def run(arguments: argparse.Namespace) -> int:
    """List, set or reset; then print all of them."""
    paths = arguments.library_paths
    kept = preferences.load(paths)
    if kept.damage is not None:
        note(said(kept.damage.code, kept.damage.parameters))
    now = kept.preferences
    if arguments.act == "set":
        now = preferences.change(
            paths,
            lambda old: known.with_value(old, arguments.name, arguments.value, datetime.now(UTC)),
        )
    elif arguments.act == "reset":
        now = preferences.change(paths, lambda old: _reset(old, arguments.name))
    if arguments.json:
        document({"settings": msgspec.to_builtins(now)})
    else:
        for name in known.NAMES:
            line(f"{name}: {known.value_text(getattr(now, name))}")
    return 0


def _reset(old: Preferences, name: str | None) -> Preferences:
    return known.DEFAULTS if name is None else known.with_default(old, name)
