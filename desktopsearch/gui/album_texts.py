"""What the window says of albums and of what was done to them."""

from __future__ import annotations

from desktopsearch.domain.albums import PALETTE, Act, ActKind, Album
from desktopsearch.gui.texts import _, plural

_COLOUR_NAMES = {colour: name for name, colour in PALETTE.items()}


def described(act: Act) -> str:
    """What was done, as a phrase without a full stop."""
    photos = plural("{n} photo", "{n} photos", act.labels)
    return _phrase(act.kind).format(album=act.album, photos=photos)


def _phrase(kind: ActKind) -> str:
    match kind:
        case ActKind.CREATE:
            return _("Album “{album}” created")
        case ActKind.RENAME:
            return _("Album “{album}” renamed")
        case ActKind.RECOLOUR:
            return _("Album “{album}” recoloured")
        case ActKind.DELETE:
            return _("Album “{album}” deleted")
        case ActKind.ADD:
            return _("{photos} put into “{album}”")
        case ActKind.REMOVE:
            return _("{photos} taken out of “{album}”")
        case ActKind.REJECT:
            return _("{photos} noted as not in “{album}”")
        case ActKind.IMPORT:
            return _("Labels of {photos} imported")
        case ActKind.SAVE_SEARCH:
            return _("Search “{album}” saved")
        case ActKind.RENAME_SEARCH:
            return _("Search “{album}” renamed")
        case ActKind.DELETE_SEARCH:
            return _("Search “{album}” deleted")
        case ActKind.DIFFERENT:
            return _("Photos noted as no duplicates")
        case ActKind.SAME:
            return _("Photos no longer noted as no duplicates")


def colour_name(colour: str) -> str:
    """What people call a colour of the palette."""
    name = _COLOUR_NAMES[colour]
    return _(name)


def size_of(album: Album) -> str:
    """How many photos an album has, with what is remarkable about them."""
    parts = [plural("{n} photo", "{n} photos", album.photos)]
    if album.present < album.photos:
        parts.append(plural("{n} is gone", "{n} are gone", album.photos - album.present))
    if album.rejected:
        parts.append(
            plural(
                "{n} photo is not in it for certain",
                "{n} photos are not in it for certain",
                album.rejected,
            )
        )
    return ", ".join(parts)


def in_menu(name: str) -> str:
    """A name as a menu shows it; an ampersand would mark a letter."""
    return name.replace("&", "&&")
