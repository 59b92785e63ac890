"""Roles for child processes that do what a test asks for."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready


class Echo(Message, frozen=True):
    text: str
    times: int = 1


class Deed(Message, frozen=True):
    """Something that goes wrong, by its name."""

    name: str


class Said(Message, frozen=True):
    text: str


class Stranger(Message, frozen=True):
    """A reply that nobody expects."""


class Options(Message, frozen=True):
    greeting: str


REPLIES = Ready | Failed | Broken | Done | Said
ROLE = "tests.ipc.roles:create"


def create(options: bytes) -> Talker:
    return Talker(options)


def create_failing(_options: bytes) -> Talker:
    raise DesktopSearchError(ProblemCode.MODEL_MISSING)


def create_broken(_options: bytes) -> Talker:
    raise RuntimeError("no")


def create_dying(_options: bytes) -> Talker:
    os._exit(3)


class Talker:
    requests = Echo | Deed

    def __init__(self, options: bytes) -> None:
        self.detail = f"{os.environ['OMP_WAIT_POLICY']} {options.decode('latin-1')}"

    def handle(self, request: Echo | Deed) -> Iterator[Message]:
        if isinstance(request, Echo):
            for _ in range(request.times):
                yield Said(request.text)
            return
        match request.name:
            case "segfault":
                ctypes.string_at(0)
            case "exit":
                os._exit(0)
            case "raise":
                raise RuntimeError("as asked")
            case "refuse":
                raise DesktopSearchError(ProblemCode.FILE_UNREADABLE, reason="as asked")
            case "strange reply":
                yield Stranger()
            case "print":
                print("from Python")  # noqa: T201
                os.write(2, b"from C\n")
                yield Said("printed")
            case "hang":
                while True:
                    pass
            case "hang asleep":
                threading.Event().wait()
            case "hang after a word":
                yield Said("first")
                threading.Event().wait()
            case "hang in native code":
                # Holds the interpreter: no other thread of the child runs any more.
                re.fullmatch("(a+)+b", "a" * 60)
            case "slow but talking":
                for _ in range(8):
                    time.sleep(0.35)
                    yield Said("still here")
            case "write nonsense":
                _pipe().send_bytes(b"\xc1 is never used by msgpack")
            case "write half a message and exit":
                os.write(_pipe().fileno(), (1_000).to_bytes(4) + b"half")
                os._exit(0)


def _pipe() -> Connection:
    """The child's own end, which a role is not given."""
    pipes = [each for each in gc.get_objects() if isinstance(each, Connection)]
    [pipe] = [each for each in pipes if not each.closed and each.writable]
    return pipe
