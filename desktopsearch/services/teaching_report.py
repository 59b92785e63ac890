"""What a taught generation was made of and what it proved, as it is kept and shown."""

from __future__ import annotations

import msgspec

from desktopsearch.domain.teaching import Depth, Reason
from desktopsearch.hashing.teaching.examples import ExampleSearch
from desktopsearch.hashing.teaching.messages import Taught
from desktopsearch.hashing.teaching.proof import NEW, OLD, Proof
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services.teaching_job import Job
from desktopsearch.services.teaching_material import TaughtAlbum

LEAST_KEPT = 0.5
"""Of the neighbours that the untaught layer keeps; with less, what is alike in general is lost."""
LARGEST_LOSS = 0.02
"""Of mAP among all photos, where nothing is gained by more than that either."""


class ShownSearch(msgspec.Struct, frozen=True):
    """A photo that was not learnt from as a query, in ids of photos."""

    query: int
    before: list[int]
    """What was found before, the nearest first."""
    after: list[int]
    """What the taught codes find."""
    together: list[int]
    """Those of both that were in an album with the query."""


class TeachingReport(msgspec.Struct, frozen=True):
    """Stays with the generation."""

    objective: str
    reason: Reason
    bits: int
    albums: list[TaughtAlbum]
    labelled: int
    unlabelled: int
    epoch: int
    """Whose layer was taken; 0 is ITQ as it was before any step."""
    seconds: float
    """Of the run that ended it, less what it was paused."""
    proof: Proof | None
    """None where no label was learnt from, or too few to keep any back to judge by."""
    kept_before: float
    """Share of the nearest by embedding that the untaught layer keeps near, of a sample."""
    kept: float
    """The same of the taught layer."""
    rejected: int = 0
    """Photos that were said not to be in an album."""
    job: str = ""
    """Id of the job that it came of."""
    depth: Depth = Depth.HEAD
    stages: int = 0
    """Of the network, the last of which were taught; none but with ``Depth.DEEP``."""
    whole: bool = False
    """Whether the run that ended it had also begun it, so that ``seconds`` are all that it took."""
    examples: list[ShownSearch] = []

    @property
    def keeps_enough(self) -> bool:
        """Whether what is alike in general is still found."""
        return self.kept >= LEAST_KEPT * self.kept_before

    @property
    def finds_enough(self) -> bool:
        """Whether the albums' photos are found among all others as well as before."""
        if self.proof is None or not self.proof.library:
            return True
        before, after = self.proof.library[OLD], self.proof.library[NEW]
        return after.mean_ap >= before.mean_ap - LARGEST_LOSS

    @property
    def accepted(self) -> bool:
        """Whether it is proven to be better, and not at the cost of everything else."""
        proven = self.proof is not None and self.proof.verdict.finding is Finding.BETTER
        return proven and self.keeps_enough and self.finds_enough


def report_of(job: Job, taught: Taught, seconds: float, *, whole: bool) -> TeachingReport:
    """Put job and outcome together."""
    return TeachingReport(
        objective=job.objective,
        reason=job.reason,
        bits=job.wish.bits,
        albums=job.albums,
        labelled=job.labelled,
        unlabelled=job.unlabelled,
        epoch=taught.chosen,
        seconds=seconds,
        proof=taught.proof,
        kept_before=taught.kept_before,
        kept=taught.kept,
        rejected=job.rejected,
        job=job.id,
        depth=job.wish.depth,
        stages=taught.stages,
        whole=whole,
        examples=_shown(taught.examples, job.photo_ids),
    )


def _shown(examples: list[ExampleSearch], photo_ids: list[int]) -> list[ShownSearch]:
    def ids(rows: list[int]) -> list[int]:
        return [photo_ids[row] for row in rows]

    return [
        ShownSearch(photo_ids[each.query], ids(each.before), ids(each.after), ids(each.together))
        for each in examples
        # A job that an older version began knows no ids.
        if photo_ids
    ]


def to_json(report: TeachingReport) -> str:
    """As it is stored."""
    return msgspec.json.encode(report).decode()


def from_json(text: str) -> TeachingReport:
    """What ``to_json`` made."""
    return msgspec.json.decode(text, type=TeachingReport)
