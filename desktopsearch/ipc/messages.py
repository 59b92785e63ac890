"""What travels over a pipe: tagged, typed messages; nothing that arrives is ever unpickled."""

from __future__ import annotations

import msgspec

from desktopsearch.domain.problems import ProblemCode


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of every request and reply; the class name is the tag on the wire."""


class Ready(Message, frozen=True):
    """First reply of a child: it has loaded what it needs. ``detail`` is for people."""

    detail: str = ""


class Failed(Message, frozen=True):
    """A request could not be carried out, for a reason in the user's world."""

    code: str
    parameters: dict[str, str | int] = {}

    @property
    def problem(self) -> ProblemCode:
        """The code by its name; unknown names from a child are our mistake and raise KeyError."""
        return ProblemCode[self.code]


class Broken(Message, frozen=True):
    """A request met a bug of ours in the child; the text is a traceback for the log."""

    traceback: str


def failed(code: ProblemCode, **parameters: str | int) -> Failed:
    """Build the ``Failed`` reply for a problem."""
    return Failed(code.name, parameters)


class Done(Message, frozen=True):
    """Last reply to every request: the child is idle again."""
