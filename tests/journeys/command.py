"""Runs the real command line on a library of its own, as a person or a program would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.warm import CHECKOUT, WARNINGS, Warm, warm

DEADLINE_S = 60.0
RUN_S = 100.0


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line of a command that failed; there must be no other."""
        assert self.status == 1, self
        assert self.out == "", self.out
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("desktopsearch: "), self.err
        return lines[0].removeprefix("desktopsearch: ")


class Desktopsearch:
    """The command line with the data folder ``folder``.

    ``run`` spares its processes the imports, unless they are to be ``cold`` or to start in a way
    or an environment of their own; ``start`` starts them from nothing.
    """

    def __init__(
        self, folder: Path, prefix: tuple[str, ...] = (), *, cold: bool = False, **environment: str
    ) -> None:
        self.folder = folder
        self.mark = uuid.uuid4().hex
        self._cold = cold or bool(prefix or environment) or not Warm.possible
        self._prefix = prefix
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONWARNINGS": WARNINGS,
            "DESKTOPSEARCH_TEST_MARK": self.mark,
            **environment,
        }

    def run(self, *arguments: object, data_dir: bool = True) -> Outcome:
        """Run a command to its end."""
        line = self._arguments(arguments, data_dir=data_dir)
        if self._cold:
            ended = subprocess.run(
                self._start_of_line() + line,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=RUN_S,
                check=False,
            )
            status, out, err = ended.returncode, ended.stdout, ended.stderr
        else:
            status, out, err = warm().run(line, self.environment, RUN_S)
        outcome = Outcome(status, out.decode(), err.decode())
        assert "Traceback" not in outcome.err, outcome.err
        return outcome

    def json(self, *arguments: object, status: int = 0) -> dict[str, Any]:
        """Run a command with ``--json``; its output must be one document and nothing else."""
        outcome = self.run(*arguments, "--json")
        assert outcome.status == status, outcome
        document = json.loads(outcome.out)
        assert isinstance(document, dict)
        return document

    def start(self, *arguments: object, line: list[str] | None = None) -> subprocess.Popen[bytes]:
        """Start a command and let it run; ``line`` begins it in another way than usual."""
        return subprocess.Popen(
            [*line, *map(str, arguments)]
            if line
            else self._start_of_line() + self._arguments(arguments, data_dir=True),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def hits(self, image: Path, *options: object) -> list[tuple[Path, int]]:
        """Search, and return the paths and distances that were found, nearest first."""
        answer = self.json("search", image, *options)
        return [(Path(hit["path"]), hit["distance"]) for hit in answer["hits"]]

    def found(self, image: Path, *options: object) -> list[Path]:
        """Search, and return the paths that were found, nearest first."""
        return [path for path, _ in self.hits(image, *options)]

    def problems(self) -> dict[Path, str]:
        """The codes of all problems by path; a path has no more than one."""
        listed = self.json("problems")["problems"]
        codes = {Path(problem["path"]): problem["code"] for problem in listed}
        assert len(codes) == len(listed), listed
        return codes

    def _start_of_line(self) -> list[bytes]:
        return [
            os.fsencode(part) for part in (*self._prefix, sys.executable, "-m", "desktopsearch")
        ]

    def _arguments(self, arguments: tuple[object, ...], *, data_dir: bool) -> list[bytes]:
        where = ("--data-dir", self.folder) if data_dir else ()
        return [
            os.fsencode(part if isinstance(part, os.PathLike | bytes) else str(part))
            for part in (*where, *arguments)
        ]


def until(condition: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Poll until a condition holds.

    Raises:
        AssertionError: It does not hold in time.
    """
    expires_at = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < expires_at, f"not within {deadline_s} s: {what}"
        time.sleep(0.02)
