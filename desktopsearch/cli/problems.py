"""``desktopsearch problems``: what could not be read, and what is put aside of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from desktopsearch.cli.output import document, line
from desktopsearch.cli.texts import _, said
from desktopsearch.domain.library import Problem, shown
from desktopsearch.services import problems
from desktopsearch.services.library import Library


def run(arguments: argparse.Namespace) -> int:
    """Put aside or heed, if asked; then print or write down what there is."""
    opened = Library.open_writer if arguments.act else Library.open_reader
    with opened(arguments.library_paths) as library:
        if arguments.act:
            chosen = problems.at(library, arguments.paths)
            problems.set_ignored(library, chosen, ignored=arguments.act == "ignore")
        listed = [each for each in problems.every(library) if arguments.ignored or not each.ignored]
    if arguments.export is not None:
        problems.export(listed, arguments.export.absolute(), _sentence)
    _print(listed, as_json=arguments.json)
    return 0


def _print(listed: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        # The language of programs is English.
        rows = [problems.fields(each, lambda problem: problem.sentence) for each in listed]
        document({"problems": rows})
        return
    for each in listed:
        aside = f"  ({_('put aside')})" if each.ignored else ""
        line(f"{shown(each.path)}: {_sentence(each)}{aside}")


def _sentence(problem: Problem) -> str:
    return said(problem.code, problem.parameters)
