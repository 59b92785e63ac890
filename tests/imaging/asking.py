"""Asks a real child process and waits for the answers."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import wait
from typing import Any

from desktopsearch.imaging.messages import (
    DECODER_ROLE,
    SCANNER_ROLE,
    Decoded,
    DecodeIdentified,
    DecoderReply,
    DirectoryListed,
    DirectoryUnreadable,
    Identified,
    IdentifyBytes,
    IdentifyFile,
    ScanFinished,
    ScannerReply,
    ScanTree,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready


class Asker:
    """A child that is started when needed; a ``Broken`` reply fails the test."""

    def __init__(self, factory: str, replies: Any, deadline_s: float = 60.0) -> None:
        self.child = ChildProcess(Role(factory, replies, "asked"))
        self._deadline_s = deadline_s

    def ask(self, request: Message) -> list[Message | Lost]:
        """Return all replies but ``Done``; the last one is ``Lost`` where the child went."""
        if self.child.state is ChildState.STOPPED:
            self.child.start()
            assert [type(reply) for reply in self._collect(Ready)] == [Ready]
        self.child.request(request, self._deadline_s)
        replies = self._collect(Done)
        for reply in replies:
            assert not isinstance(reply, Broken), reply.traceback
        return [reply for reply in replies if not isinstance(reply, Done)]

    def _collect(self, last: type[Message]) -> list[Message | Lost]:
        replies: list[Message | Lost] = []
        while not (replies and isinstance(replies[-1], (last, Lost))):
            wait(self.child.waitables, max(0.0, self.child.expires_at - time.monotonic()))
            replies += self.child.receive()
        return replies


class DecoderAsker(Asker):
    """A decoder child."""

    def __init__(self) -> None:
        super().__init__(DECODER_ROLE, DecoderReply)

    def identify(self, path: os.PathLike[str] | bytes) -> Identified | Failed | Lost:
        """Return the answer about a file."""
        [reply] = self.ask(IdentifyFile(os.fsencode(path)))
        assert isinstance(reply, Identified | Failed | Lost)
        return reply

    def decode(self, content: bytes | os.PathLike[str]) -> Decoded | Failed | Lost:
        """Return what becomes of bytes or of a file."""
        if isinstance(content, bytes):
            [reply] = self.ask(IdentifyBytes(content))
        else:
            [reply] = self.ask(IdentifyFile(os.fsencode(content)))
        if isinstance(reply, Identified):
            [reply] = self.ask(DecodeIdentified())
        assert isinstance(reply, Decoded | Failed | Lost)
        return reply


class ScannerAsker(Asker):
    """A scanner child."""

    def __init__(self) -> None:
        super().__init__(SCANNER_ROLE, ScannerReply)

    def scan(
        self, request: ScanTree
    ) -> tuple[list[DirectoryListed], list[DirectoryUnreadable], ScanFinished]:
        """Return the replies of a scan that reaches its end."""
        *replies, last = self.ask(request)
        assert isinstance(last, ScanFinished), last
        listed = [reply for reply in replies if isinstance(reply, DirectoryListed)]
        unreadable = [reply for reply in replies if isinstance(reply, DirectoryUnreadable)]
        assert len(listed) + len(unreadable) == len(replies)
        return listed, unreadable, last
