"""The three ways in which something ends early: the user's world, our mistake, or a wish."""

from __future__ import annotations

from desktopsearch.domain.problems import ProblemCode, sentence


class DesktopSearchError(Exception):
    """Something in the user's world is not as needed; the sentence says what to do."""

    def __init__(self, code: ProblemCode, **parameters: str | int) -> None:
        super().__init__(sentence(code, parameters))
        self.code = code
        self.parameters = parameters


class BugError(Exception):
    """Something that cannot happen did: our mistake, never the user's."""


class Cancelled(Exception):  # noqa: N818 - a wish, not an error
    """The user asked to stop."""
