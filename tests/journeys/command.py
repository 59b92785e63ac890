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

CHECKOUT = Path(__file__).resolve().parents[2]
DEADLINE_S = 60.0


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
    """The command line with the data folder ``folder``."""

    def __init__(self, folder: Path, prefix: tuple[str, ...] = (), **environment: str) -> None:
        self.folder = folder
        self.mark = uuid.uuid4().hex
        self._prefix = prefix
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONWARNINGS": "error::ResourceWarning",
            "DESKTOPSEARCH_TEST_MARK": self.mark,
            **environment,
        }

    def run(self, *arguments: object, data_dir: bool = True) -> Outcome:
        """Run a command to its end."""
        ended = subprocess.run(
            self._line(arguments, data_dir=data_dir),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=100.0,
            check=False,
        )
        outcome = Outcome(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
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
            [*line, *map(str, arguments)] if line else self._line(arguments, data_dir=True),
            env=self._environment,
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

    def _line(self, arguments: tuple[object, ...], *, data_dir: bool) -> list[bytes]:
        where = ["--data-dir", str(self.folder)] if data_dir else []
        line = [*self._prefix, sys.executable, "-m", "desktopsearch", *where]
        return [os.fsencode(part) for part in line] + [
            os.fsencode(part if isinstance(part, os.PathLike | bytes) else str(part))
            for part in arguments
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
