"""Takes all photos out of a library, but for what a person has said of them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists

from desktopsearch.storage import generations, photos
from desktopsearch.storage.schema import code, label, photo, root


def forget_photos(connection: Connection) -> None:
    """Forget folders, files and photos with their codes and problems.

    Photos with a label stay, lying nowhere, so that their labels are found again with them. So do
    albums, saved searches, differences, patterns and generations, but for those that were fitted to
    the photos without labels.
    """
    generations.forget_fitted(connection)
    # Before the photos: a photo's codes are found by no index.
    connection.execute(delete(code))
    connection.execute(delete(root))
    connection.execute(delete(photo).where(~exists().where(label.c.photo_id == photo.c.id)))
    photos.orphan_unplaced(connection)
