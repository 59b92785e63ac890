"""What searches use: a generation with its hash layer and its codes in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopsearch.domain.library import Generation
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.services.own_codes import OwnCodes
from desktopsearch.storage import codes
from desktopsearch.storage.database import Database

if TYPE_CHECKING:
    # Most commands never search: they need neither faiss nor the codes.
    from desktopsearch.index import HammingIndex


@dataclass(frozen=True, slots=True)
class SearchSnapshot:
    """One generation with its hash layer and its codes; replaced as a whole on a switch."""

    generation: Generation
    layer: HashLayer
    index: HammingIndex
    own: OwnCodes
    """Those of the model itself, if these were taught."""


def read_snapshot(database: Database, generation: Generation) -> SearchSnapshot:
    """Read what searches need of a generation; outside of transactions."""
    from desktopsearch.index import HammingIndex

    layer = HashLayer.from_bytes(generation.hash_layer)
    with database.read() as connection:
        photo_ids, packed = codes.read_all(connection, generation.id, generation.bits)
    index = HammingIndex(generation.bits, photo_ids, packed)
    return SearchSnapshot(generation, layer, index, OwnCodes(database, generation))
