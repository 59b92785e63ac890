"""The child's side of a pipe: load a role, answer requests one at a time, never outlive the parent.

Owns the process-wide settings of a child (signals, output, threads). Must never unpickle what it
is sent, and must never import a role before the environment of the process is set.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

# A child that hangs is killed by its parent at the deadline; if the parent is gone too, the child
# ends itself this much later, even while native code holds the interpreter.
SELF_DESTRUCT_DELAY_S = 5.0


RequestT = TypeVar("RequestT", contravariant=True)


class Servant(Protocol[RequestT]):
    """What a role's factory returns: something that answers requests."""

    requests: Any
    """The union of the request classes, as msgspec decodes it."""

    detail: str
    """What people should know once it is ready, such as the device."""

    def handle(self, request: RequestT) -> Iterator[Message]:
        """Yield the replies to one request; ``DesktopSearchError`` becomes ``Failed``."""
        ...


class Envelope(msgspec.Struct, frozen=True):
    """One request on the wire, with the seconds that it may take between two replies."""

    deadline_s: float
    body: msgspec.Raw


def enter(
    connection: Connection, role: str, options: bytes, log: str | None, niceness: int
) -> None:
    """Run a role until the parent closes the pipe. The target of every child process.

    Args:
        connection: The child's end of the pipe.
        role: ``"package.module:factory"``; ``factory(options: bytes) -> Servant``.
        options: Passed to the factory as they are.
        log: File that takes what native libraries print; None discards it.
        niceness: How far it stands back behind other programs, from 0 to 19.
    """
    _settle_process(log)
    _stand_back(niceness)
    _end_with_parent()
    encoder = msgspec.msgpack.Encoder()
    try:
        module, _, factory = role.partition(":")
        servant: Servant[Message] = getattr(importlib.import_module(module), factory)(options)
    except DesktopSearchError as error:
        connection.send_bytes(encoder.encode(Failed(error.code.name, dict(error.parameters))))
        return
    except Exception:  # noqa: BLE001 - the serve loop: everything is reported to the parent
        connection.send_bytes(encoder.encode(Broken(traceback.format_exc())))
        return
    connection.send_bytes(encoder.encode(Ready(servant.detail)))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _serve(connection, servant, encoder)
    # But for what was printed nothing is left to keep, and to clear torch away would take half a
    # second.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _serve(
    connection: Connection, servant: Servant[Message], encoder: msgspec.msgpack.Encoder
) -> None:
    envelopes = msgspec.msgpack.Decoder(Envelope)
    bodies: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(servant.requests)
    while True:
        envelope = envelopes.decode(connection.recv_bytes())
        _arm(envelope.deadline_s)
        try:
            for reply in servant.handle(bodies.decode(envelope.body)):
                connection.send_bytes(encoder.encode(reply))
                _arm(envelope.deadline_s)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except DesktopSearchError as error:
            reply = Failed(error.code.name, dict(error.parameters))
            connection.send_bytes(encoder.encode(reply))
        except Exception:  # noqa: BLE001 - the serve loop: everything is reported to the parent
            connection.send_bytes(encoder.encode(Broken(traceback.format_exc())))
        faulthandler.cancel_dump_traceback_later()
        connection.send_bytes(encoder.encode(Done()))


def _arm(deadline_s: float) -> None:
    faulthandler.dump_traceback_later(deadline_s + SELF_DESTRUCT_DELAY_S, exit=True)


def _settle_process(log: str | None) -> None:
    # Ctrl+C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Spinning OpenMP barriers cost nine tenths of torch's speed on a busy machine.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    target = Path(log) if log else Path(os.devnull)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _stand_back(niceness: int) -> None:
    # Before any thread of a library is there: on Linux each thread has a priority of its own.
    if not niceness:
        return
    if sys.platform != "win32":
        os.nice(niceness)
    else:
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
