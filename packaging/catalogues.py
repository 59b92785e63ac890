"""Brings the catalogues of ``resources/locale`` up to date with the texts of the code.

``python packaging/catalogues.py``: new texts join every ``.po`` file without a translation, texts
that are gone leave it, and the ``.mo`` files that the application reads are written.
``--check`` changes nothing, says what is wrong and then ends with status 1.
"""

from __future__ import annotations

import argparse
import ast
import gettext
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message

from desktopsearch import __version__
from desktopsearch.domain.albums import PALETTE
from desktopsearch.domain.problems import ProblemCode

CHECKOUT = Path(__file__).resolve().parents[1]
LOCALE = CHECKOUT / "resources" / "locale"
SHELLS = ("gui", "cli")
OF_BOTH = ("teaching_texts.py",)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[srd]|%s")

# What argparse itself says; it asks gettext for it.
ARGPARSE: tuple[str | tuple[str, str], ...] = (
    "usage: ",
    "options",
    "positional arguments",
    "show this help message and exit",
    "show program's version number and exit",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "ambiguous option: %(option)s could match %(matches)s",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "not allowed with argument %s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    ("expected %s argument", "expected %s arguments"),
)

Text = str | tuple[str, str]


def main() -> int:
    """Update or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--locale", type=Path, default=LOCALE, help="other catalogues")
    arguments = parser.parse_args()
    complaints: list[str] = []
    texts = dict(_texts(complaints))
    for source in sorted(arguments.locale.glob("*/LC_MESSAGES/*.po")):
        catalogue = _read(source)
        if arguments.check:
            complaints += [f"{source.name}: {each}" for each in _faults(catalogue, texts)]
            if not _same(source.with_suffix(".mo"), catalogue):
                complaints.append(f"{source.with_suffix('.mo').name}: is not made of its .po file")
        else:
            _write(source, _updated(catalogue, texts))
    for complaint in complaints:
        print(complaint, file=sys.stderr)  # noqa: T201 - what it is for
    return 1 if complaints else 0


def _texts(complaints: list[str]) -> Iterator[tuple[Text, str]]:
    """Yield every text of the application with the file that it stands in, each once."""
    yield from ((text, "argparse") for text in ARGPARSE)
    yield from ((code.value, "desktopsearch/domain/problems.py") for code in ProblemCode)
    yield from ((name, "desktopsearch/domain/albums.py") for name in PALETTE)
    package = CHECKOUT / "desktopsearch"
    of_shells = [path for shell in SHELLS for path in sorted((package / shell).rglob("*.py"))]
    for path in [*of_shells, *(package / each for each in OF_BOTH)]:
        name = path.relative_to(CHECKOUT).as_posix()
        yield from ((text, name) for text in _texts_of(path, name, complaints))


def _texts_of(path: Path, name: str, complaints: list[str]) -> Iterator[Text]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    in_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in ("_", "plural", "form"):
            continue
        words = node.args[: 1 if node.func.id == "_" else 2]
        if isinstance(words[0], ast.Name | ast.Attribute):
            continue  # a text that stands elsewhere, such as the sentence of a problem
        texts = [each.value for each in words if isinstance(each, ast.Constant)]
        if len(texts) < len(words) or id(node) not in in_functions:
            complaints.append(f"{name}:{node.lineno}: is no text, or is translated at import")
        elif len(texts) == 1:
            yield str(texts[0])
        else:
            yield str(texts[0]), str(texts[1])


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return pofile.read_po(file, locale=source.parents[1].name)


def _updated(old: Catalog, texts: dict[Text, str]) -> Catalog:
    new = Catalog(
        locale=old.locale,
        project="Desktopsearch",
        version=__version__,
        msgid_bugs_address="the authors of Desktopsearch",
        header_comment=f"# Texts of Desktopsearch, {old.locale_identifier}.",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        last_translator="the authors of Desktopsearch",
        language_team="the authors of Desktopsearch",
        fuzzy=False,
    )
    for text, name in texts.items():
        known = old.get(_key(text))
        # A text that now has a plural, or has one no longer, needs another translation.
        kept = known.string if known is not None and known.id == text else ""
        new.add(text, kept, locations=[(name, 0)])
    return new


def _write(source: Path, catalogue: Catalog) -> None:
    with source.open("wb") as file:
        pofile.write_po(file, catalogue, width=100, include_lineno=False)
    with source.with_suffix(".mo").open("wb") as file:
        mofile.write_mo(file, catalogue)


def _faults(catalogue: Catalog, texts: dict[Text, str]) -> Iterator[str]:
    known: set[Any] = {message.id for message in catalogue if message.id}
    for text in texts.keys() - known:
        yield f"{text!r} ({texts[text]}) is missing: run 'python packaging/catalogues.py'"
    for text in known - texts.keys():
        yield f"{text!r} is in no file any more: run 'python packaging/catalogues.py'"
    for message in catalogue:
        if message.id in texts:
            yield from _faults_of(message, catalogue.num_plurals)


def _faults_of(message: Message, forms: int) -> Iterator[str]:
    sources, said = _forms(message.id), _forms(message.string)
    if not all(said) or len(said) != (forms if len(sources) > 1 else 1):
        yield f"{message.id!r} is not translated"
    elif message.fuzzy:
        yield f"{message.id!r} is marked as uncertain"
    elif any(_placeholders(each) not in map(_placeholders, sources) for each in said):
        yield f"{message.id!r} has other placeholders than its translation"
    elif any(_edges(each) != _edges(sources[-1]) for each in said):
        yield f"{message.id!r} begins or ends otherwise than its translation"


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _placeholders(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text))


def _edges(text: str) -> tuple[bool, bool, bool]:
    return text != text.lstrip(), text != text.rstrip(), text.endswith("…")


def _key(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


def _same(compiled: Path, catalogue: Catalog) -> bool:
    wanted = io.BytesIO()
    mofile.write_mo(wanted, catalogue)
    wanted.seek(0)
    return compiled.exists() and _content(compiled.open("rb")) == _content(wanted)


def _content(file: io.BufferedIOBase) -> dict[object, str]:
    with file:
        content: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {key: text for key, text in content.items() if key != ""}


if __name__ == "__main__":
    sys.exit(main())
