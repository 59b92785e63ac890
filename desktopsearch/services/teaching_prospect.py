"""What would be learnt from the albums as they are, before anything is taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktopsearch.domain.teaching import Choice
from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES
from desktopsearch.hashing.training.inner_split import (
    FEWEST_CLASSES,
    FEWEST_GROUPS_OF_CLASS,
    FEWEST_PHOTOS,
)
from desktopsearch.services.library import Library
from desktopsearch.services.taught_models import taught_from
from desktopsearch.services.teaching_forecast import Forecast, forecasts
from desktopsearch.services.teaching_material import TaughtAlbum, material


@dataclass(frozen=True, slots=True)
class Prospect:
    """What there is to learn from."""

    albums: list[TaughtAlbum]
    """Those with photos, in the order of their names."""
    labelled: int
    """Photos in an album."""
    unlabelled: int
    """Photos in no album; of many a part is used."""
    rejected: int
    """Photos that are said not to be in an album."""
    choice: Choice
    """Of the method, if it is left to the application."""
    forecasts: Mapping[str, Forecast]
    """How long it will take, by the id of the method, unless the network is taught too."""
    taught_from: str = ""
    """The model that the one in use was taught from; then nothing can be taught before that one is
    used again."""

    albums_needed: int = FEWEST_CLASSES
    photos_needed: int = FEWEST_GROUPS_OF_CLASS
    """In each of these albums, near-copies counted once."""
    all_needed: int = FEWEST_PHOTOS
    """Photos in all, for methods without labels."""
    proof_needs: int = FEWEST_QUERIES
    """Labelled photos without which nothing is proven."""

    @property
    def large_albums(self) -> int:
        """Albums with enough photos; near-copies are not known yet and count in full."""
        return sum(album.photos >= self.photos_needed for album in self.albums)

    def suffices(self, *, labels: bool) -> bool:
        """Whether a method that learns from labels, or one that does not, can begin."""
        if self.taught_from:
            return False
        if labels:
            return self.large_albums >= self.albums_needed
        return self.labelled + self.unlabelled >= self.all_needed


def prospect(library: Library) -> Prospect:
    """Look at the albums.

    Args:
        library: With labels, or without.
    """
    found = material(library)
    return Prospect(
        albums=found.albums,
        labelled=found.labelled,
        unlabelled=found.unlabelled,
        rejected=found.rejected,
        choice=found.choice,
        forecasts=forecasts(library, len(found.photo_ids)),
        taught_from=taught_from(library),
    )
