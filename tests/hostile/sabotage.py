"""A decoder that really hangs, crashes or talks nonsense, as the name of the file asks for.

Runs in a child process; everything it is not asked to spoil it does as the real one.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator

from desktopsearch.imaging import decoder
from desktopsearch.imaging.messages import (
    DECODER_ROLE,
    DecodeIdentified,
    DecoderReply,
    DecoderRequest,
    IdentifyFile,
)
from desktopsearch.ipc.child import Role

ROLE = Role("tests.hostile.sabotage:create", DecoderReply, "decoder")
assert ROLE.factory != DECODER_ROLE


def create(options: bytes) -> Saboteur:
    return Saboteur(options)


class Saboteur:
    """The decoder with deeds for some file names."""

    requests = DecoderRequest
    detail = ""

    def __init__(self, options: bytes) -> None:
        self._decoder = decoder.create(options)
        self._name = b""

    def handle(self, request: DecoderRequest) -> Iterator[decoder.DecoderAnswer]:
        if isinstance(request, IdentifyFile):
            self._name = request.path.rpartition(b"/")[2]
            _do(self._name, b"identify ")
        elif isinstance(request, DecodeIdentified):
            _do(self._name, b"decode ")
        yield from self._decoder.handle(request)
        if isinstance(request, IdentifyFile):
            _do(self._name, b"after ")


def _do(name: bytes, moment: bytes) -> None:
    if not name.startswith(moment):
        return
    deed = name.removeprefix(moment).split(b".")[0].split(b" ")[0]
    if deed == b"hangs":
        while True:
            pass
    if deed == b"segfaults":
        ctypes.string_at(0)
    if deed == b"exits":
        os._exit(0)
    if deed == b"raises":
        raise RuntimeError("as asked")
