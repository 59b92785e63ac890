"""A session tells of albums that changed, whoever changed them."""

from __future__ import annotations

from pathlib import Path

from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.services import albums, folders
from desktopsearch.services.events import AlbumsChanged, Event
from desktopsearch.services.session import WritingSession
from tests.journeys.photographs import put


def test_labels_that_are_handed_on_are_told(tmp_path: Path) -> None:
    events: list[Event] = []
    photo = put(tmp_path / "photos" / "1.jpg", 1)
    paths = LibraryPaths(tmp_path / "library")
    with WritingSession.open(paths, default_settings(), events.append) as session:
        folders.add(session.library, [photo.parent])
        session.bring_up_to_date()
        assert AlbumsChanged() not in events
        album = session.labelling.create("Holiday")
        [photo_id] = albums.photos_meant(session.library, [photo], recursive=False)
        session.labelling.add(album.id, [photo_id])
        assert events.count(AlbumsChanged()) == 2
        put(photo, 1, camera="A camera")
        session.bring_up_to_date()
        assert events.count(AlbumsChanged()) == 3
        [heir_id] = albums.photos_meant(session.library, [photo], recursive=False)
        assert heir_id != photo_id
        assert session.labelling.add(album.id, [heir_id]) is None, "it is in it already"
