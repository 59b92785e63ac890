"""What was said of suggested photos, and whether the last of it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from desktopsearch.domain.albums import Act, History
from desktopsearch.domain.suggesting import SuggestedPhoto
from desktopsearch.gui.bridge import Failure


@dataclass(slots=True, eq=False)
class _Answer:
    photo: SuggestedPhoto
    act_id: int | None = None
    """None until it is carried out."""


class GivenAnswers:
    """The answers about one album, the latest last, as far as they still stand."""

    def __init__(self, history: History) -> None:
        """Begin with none.

        Args:
            history: What would be undone next, also by the window.
        """
        self._answers: list[_Answer] = []
        self._history = history

    @property
    def photo_ids(self) -> set[int]:
        """The photos of which something was said."""
        return {answer.photo.photo_id for answer in self._answers}

    @property
    def can_undo(self) -> bool:
        """Whether the last answer is what would be undone next."""
        last = self._history.undo
        return bool(self._answers) and last is not None and self._answers[-1].act_id == last.id

    def add(self, photo: SuggestedPhoto) -> Callable[[Act | Failure | None], None]:
        """Note an answer that is under way; what is returned takes what came of it."""
        answer = _Answer(photo)
        self._answers.append(answer)

        def take(done: Act | Failure | None) -> None:
            if isinstance(done, Act):
                answer.act_id = done.id
            elif answer in self._answers:
                # Nothing was changed, so there is nothing to undo.
                self._answers.remove(answer)

        return take

    def pop(self) -> SuggestedPhoto:
        """Forget the last answer; returns its photo."""
        return self._answers.pop().photo

    def heed(self, history: History) -> None:
        """Forget what was undone elsewhere, by what would be undone next now."""
        self._history = history
        last = 0 if history.undo is None else history.undo.id
        self._answers = [
            each for each in self._answers if each.act_id is None or each.act_id <= last
        ]

    def forget(self, undecided: Collection[int]) -> None:
        """Forget the answers about photos of which nothing is said any more."""
        self._answers = [each for each in self._answers if each.photo.photo_id not in undecided]
