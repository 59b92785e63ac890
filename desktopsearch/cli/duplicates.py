"""``desktopsearch duplicates``: groups of near copies, and which photos are none."""

from __future__ import annotations

import argparse

from desktopsearch.cli.albums import act_fields, told
from desktopsearch.cli.output import document, line, path_text
from desktopsearch.domain.differences import all_pairs
from desktopsearch.domain.library import shown
from desktopsearch.domain.search import NEAR_COPY_BITS
from desktopsearch.services import albums, duplicates
from desktopsearch.services.differing import Differing
from desktopsearch.services.library import Library


def run(arguments: argparse.Namespace) -> int:
    """List groups, or note which photos are no duplicates of each other."""
    if arguments.act is None:
        return _list(arguments)
    with Library.open_writer(arguments.library_paths) as library:
        differing = Differing(library, publish=lambda _event: None)
        photo_ids = albums.photos_meant(library, arguments.paths, recursive=False)
        note = differing.tell_apart if arguments.act == "different" else differing.forget
        act = note(all_pairs(photo_ids))
    if arguments.json:
        document({"act": act_fields(act)})
    else:
        line(told(arguments.act, act))
    return 0


def _list(arguments: argparse.Namespace) -> int:
    radius = arguments.max_distance
    with Library.open_reader(arguments.library_paths) as library:
        groups = duplicates.find(library, NEAR_COPY_BITS if radius is None else radius)
    if arguments.json:
        document(
            {
                "groups": [
                    [
                        {
                            "photo_id": member.photo_id,
                            "path": path_text(member.path),
                            "distance": member.distance,
                        }
                        for member in group
                    ]
                    for group in groups
                ]
            }
        )
        return 0
    for group in groups:
        for member in group:
            line(f"{member.distance:5d}  {shown(member.path)}")
        line()
    return 0
