"""``desktopsearch albums``: what they are, what is said of photos, and the way back."""

from __future__ import annotations

import argparse

from desktopsearch.cli.output import document, line
from desktopsearch.cli.texts import _, plural
from desktopsearch.domain.albums import PALETTE, Act, ActKind, Album
from desktopsearch.services import albums
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library

_COLOUR_NAMES = {colour: name for name, colour in PALETTE.items()}


def run(arguments: argparse.Namespace) -> int:
    """List albums, or do something to them and say what it was."""
    if arguments.act in ("import", "export"):
        # Imported here: the other acts need no child processes.
        from desktopsearch.cli import album_files

        return album_files.run(arguments)
    if arguments.act in ("show", "suggest"):
        # Imported here: the other acts need no search.
        from desktopsearch.cli import album_photos

        return album_photos.run(arguments)
    if arguments.act == "list":
        with Library.open_reader(arguments.library_paths) as library:
            if arguments.json:
                document(state_fields(library))
            else:
                _list(library)
        return 0
    with Library.open_writer(arguments.library_paths) as library:
        act = _do(library, arguments)
        if arguments.json:
            document({"act": act_fields(act), **state_fields(library)})
        else:
            line(told(arguments.act, act))
    return 0


def state_fields(library: Library) -> dict[str, object]:
    """The albums, and what would be undone and redone next, as JSON has them."""
    history = albums.history(library)
    return {
        "albums": [album_fields(album) for album in albums.every(library)],
        "undo": act_fields(history.undo),
        "redo": act_fields(history.redo),
    }


def _do(library: Library, arguments: argparse.Namespace) -> Act | None:
    labelling = Labelling(library, publish=lambda _event: None)
    match arguments.act:
        case "undo":
            return labelling.undo()
        case "redo":
            return labelling.redo()
        case "create":
            labelling.create(arguments.name, arguments.colour)
            return albums.history(library).undo
    album = albums.named(library, arguments.name)
    match arguments.act:
        case "rename":
            return labelling.rename(album.id, arguments.new)
        case "recolour":
            return labelling.recolour(album.id, arguments.colour)
        case "delete":
            return labelling.delete(album.id)
    photo_ids = albums.photos_meant(library, arguments.paths, recursive=arguments.recursive)
    says = {"add": labelling.add, "remove": labelling.remove, "reject": labelling.reject}
    return says[arguments.act](album.id, photo_ids)


def _list(library: Library) -> None:
    for album in albums.every(library):
        colour = _COLOUR_NAMES.get(album.colour, album.colour)
        parts = [plural("one photo", "{n} photos", album.photos)]
        if album.present < album.photos:
            parts.append(plural("one is gone", "{n} are gone", album.photos - album.present))
        if album.rejected:
            parts.append(plural("one is not in it", "{n} are not in it", album.rejected))
        line(f"{album.name} ({colour}): {', '.join(parts)}")
    history = albums.history(library)
    if history.undo is not None:
        line(_("undo takes back: {act}").format(act=_described(history.undo)))
    if history.redo is not None:
        line(_("redo does again: {act}").format(act=_described(history.redo)))


def told(how: str, act: Act | None) -> str:
    """What an act, or what was done to it, comes to; for people."""
    if act is None:
        return _("nothing changed")
    if how == "undo":
        return _("undone: {act}").format(act=_described(act))
    if how == "redo":
        return _("redone: {act}").format(act=_described(act))
    return _described(act)


def _described(act: Act) -> str:
    text = _phrase(act)
    return f"{text} ({act.album})" if act.album else text


def _phrase(act: Act) -> str:
    match act.kind:
        case ActKind.CREATE:
            return _("album created")
        case ActKind.RENAME:
            return _("album renamed")
        case ActKind.RECOLOUR:
            return _("album recoloured")
        case ActKind.DELETE:
            return _("album deleted")
        case ActKind.ADD:
            return plural("one photo added", "{n} photos added", act.labels)
        case ActKind.REMOVE:
            return plural("one photo taken out", "{n} photos taken out", act.labels)
        case ActKind.REJECT:
            return plural(
                "one photo noted as not in it", "{n} photos noted as not in it", act.labels
            )
        case ActKind.IMPORT:
            return plural("one label imported", "{n} labels imported", act.labels)
        case ActKind.SAVE_SEARCH:
            return _("search saved")
        case ActKind.RENAME_SEARCH:
            return _("saved search renamed")
        case ActKind.DELETE_SEARCH:
            return _("saved search deleted")
        case ActKind.DIFFERENT:
            return _("photos noted as no duplicates of each other")
        case ActKind.SAME:
            return _("photos no longer noted as no duplicates of each other")


def album_fields(album: Album) -> dict[str, object]:
    """An album as JSON has it."""
    return {
        "id": album.id,
        "name": album.name,
        "colour": album.colour,
        "photos": album.photos,
        "present": album.present,
        "rejected": album.rejected,
    }


def act_fields(act: Act | None) -> dict[str, object] | None:
    """An act as JSON has it."""
    if act is None:
        return None
    return {"kind": act.kind.value, "album": act.album, "labels": act.labels}
