"""Runs commands in processes that need not import everything first.

Most of what a short command takes is its start. Here one process has the command line imported and
forks another for each command: a process as always, with its own streams, environment, signals and
exit status, that runs ``python -m desktopsearch`` to its end. Only the imports lie behind it.

The process that forks: ``python -m tests.journeys.warm DESCRIPTOR warm|cold``, as its children
are (``tests.warm_children``).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import NoReturn

from tests import warm_children

CHECKOUT = Path(__file__).resolve().parents[2]
START_S = 60.0
ANSWER_S = 30.0
WARNINGS = "error::ResourceWarning"


class Warm:
    """The process that forks, as the tests see it."""

    possible = hasattr(os, "fork")

    def __init__(self, *, cold_children: bool = False) -> None:
        self._channel, theirs = Pipe()
        children = "cold" if cold_children or not warm_children.POSSIBLE else "warm"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.warm", str(theirs.fileno()), children],
                cwd=CHECKOUT,
                env={**os.environ, "PYTHONWARNINGS": WARNINGS},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # A group of their own, in which it and its command can be ended together.
                start_new_session=True,
            )
        atexit.register(self.close)
        self._received(START_S)

    @property
    def ended(self) -> bool:
        """Whether it takes no command any more."""
        return self._channel.closed

    @property
    def process_number(self) -> int:
        return self._process.pid

    def run(
        self, arguments: Sequence[bytes], environment: Mapping[str, str], timeout_s: float
    ) -> tuple[int, bytes, bytes]:
        """Run a command to its end; returns its exit status, its output and its errors.

        Raises:
            TimeoutError: It does not end in time, or cannot be started; it is killed.
        """
        try:
            status, out, err = self._run(arguments, environment, timeout_s)
        except BaseException:
            # Stopped half-way, such as by the time limit of a test: what is still to come would
            # be taken for the end of the next command.
            self.close()
            raise
        if status is None:
            raise TimeoutError(f"not within {timeout_s} s: {arguments}")
        return status, out, err

    def close(self) -> None:
        """End the process, and the command that it has forked if that has not ended."""
        if self.ended:
            return
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _run(
        self, arguments: Sequence[bytes], environment: Mapping[str, str], timeout_s: float
    ) -> tuple[int | None, bytes, bytes]:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            self._channel.send((list(arguments), dict(environment), bytes(Path.cwd())))
            for stream in (out, err):
                send_handle(self._channel, stream.fileno(), self._process.pid)
            command = self._received(ANSWER_S)
            in_time = self._channel.poll(timeout_s)
            if not in_time:
                # It may have ended just now.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(command, signal.SIGKILL)
            status = self._received(ANSWER_S)
            out.seek(0)
            err.seek(0)
            return status if in_time else None, out.read(), err.read()

    def _received(self, within_s: float) -> int:
        if not self._channel.poll(within_s):
            raise TimeoutError(f"no answer of the process that forks within {within_s} s")
        number = self._channel.recv()
        assert isinstance(number, int)
        return number


_standing: list[Warm] = []


def warm() -> Warm:
    """The one of this run of tests; another if it has ended."""
    if not _standing or _standing[-1].ended:
        _standing.append(Warm())
    return _standing[-1]


def process_numbers() -> set[int]:
    """Process numbers of all that this run of tests has started here."""
    return {each.process_number for each in _standing}


def _serve(channel: Connection) -> bool:
    """Fork for each command until the tests end; returns whether this is such a fork."""
    channel.send(os.getpid())
    while True:
        try:
            arguments, environment, folder = channel.recv()
        except EOFError:
            return False
        streams = [recv_handle(channel), recv_handle(channel)]
        child = os.fork()
        if not child:
            _settle(arguments, environment, folder, streams)
            channel.close()
            return True
        for stream in streams:
            os.close(stream)
        channel.send(child)
        channel.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _settle(
    arguments: list[bytes], environment: dict[str, str], folder: bytes, streams: list[int]
) -> None:
    for number, stream in zip((1, 2), streams, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["desktopsearch", *map(os.fsdecode, arguments)]


def _import_everything() -> None:
    for name in ("desktopsearch.cli", "desktopsearch.services", "desktopsearch.storage"):
        package = importlib.import_module(name)
        for module in pkgutil.iter_modules(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    importlib.import_module("alembic.command")
    importlib.import_module("sqlalchemy.dialects.sqlite")


def _leave(status: int) -> NoReturn:
    """End the process, sparing it only to clear away what was imported before its fork."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    # Finds what was left open.
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main() -> None:
    channel = Connection(int(sys.argv[1]))
    _import_everything()
    if sys.argv[2] == "warm":
        warm_children.share_with_forks()
    # What is here for good need not be looked at by the collections of the forks.
    gc.freeze()
    if _serve(channel):
        try:
            # As ``python -m`` does it; what the command starts itself looks at __main__.
            runpy.run_module("desktopsearch", run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            if isinstance(ended.code, int):
                _leave(ended.code)
            raise


if __name__ == "__main__":
    main()
