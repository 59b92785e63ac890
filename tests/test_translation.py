"""Catalogues that are complete and up to date, and a command line that speaks them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopsearch import translation
from desktopsearch.cli.texts import decimal, figure, plural
from tests.journeys.command import Desktopsearch
from tests.journeys.warm import CHECKOUT

LOCALE = CHECKOUT / "resources" / "locale"
GERMAN = Path("de") / "LC_MESSAGES" / "desktopsearch.po"


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    translation.use("en")


def catalogues(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "packaging/catalogues.py", *map(str, arguments)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)


def test_every_text_has_its_translations() -> None:
    checked = catalogues("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


# What is done to a catalogue, each to a text of its own, and what must be said of it.
DAMAGES = {
    "'Undo' is not translated": (r'(msgid "Undo"\nmsgstr) ".*"', r'\1 ""'),
    "'Cancel' is marked as uncertain": (r'(msgid "Cancel"\n)', r"#, fuzzy\n\1"),
    "'Distance {n}' has other placeholders": (
        r'(msgid "Distance \{n\}"\nmsgstr) ".*"',
        r'\1 "Abstand {m}"',
    ),
    "'usage: ' begins or ends otherwise": (r'(msgid "usage: "\nmsgstr) ".*"', r'\1 "Aufruf:"'),
    "('{n} file', '{n} files') is not translated": (
        r'(msgid "\{n\} file"\n(?:.*\n)*?msgstr\[1\]) ".*"',
        r'\1 ""',
    ),
    "'Keep' (desktopsearch/gui/messages.py) is missing": (r'msgid "Keep"\nmsgstr ".*"\n', ""),
    "'Kept' is in no file any more": (r'(msgid "Close"\n)', r'msgid "Kept"\nmsgstr "x"\n\n\1'),
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of a catalogue with all damages at once."""
    return _complaints_of(tmp_path_factory.mktemp("damaged"), list(DAMAGES.values()))


def _complaints_of(folder: Path, damages: list[tuple[str, str]]) -> list[str]:
    shutil.copytree(LOCALE, folder / "locale")
    source = folder / "locale" / GERMAN
    text = source.read_text("utf-8")
    for pattern, becomes in damages:
        text, count = re.subn(pattern, becomes, text, count=1)
        assert count == 1, pattern
    source.write_text(text, encoding="utf-8")
    checked = catalogues("--check", "--locale", folder / "locale")
    assert checked.returncode == 1
    return checked.stderr.splitlines()


@pytest.mark.parametrize("complaint", DAMAGES)
def test_what_is_wrong_with_a_catalogue_is_found(complaint: str, complaints: list[str]) -> None:
    assert any(each.startswith(f"desktopsearch.po: {complaint}") for each in complaints)


def test_a_catalogue_that_was_not_made_anew_is_found(tmp_path: Path) -> None:
    changed = (r'(msgid "Keep"\nmsgstr) ".*"', r'\1 "Lassen"')
    assert "desktopsearch.mo: is not made of its .po file" in _complaints_of(tmp_path, [changed])


def test_an_update_adds_what_is_new_drops_what_is_gone_and_keeps_the_rest(tmp_path: Path) -> None:
    shutil.copytree(LOCALE, tmp_path / "locale")
    source = tmp_path / "locale" / GERMAN
    before = source.read_text("utf-8")
    source.write_text(before.replace('msgid "Keep"', 'msgid "Kept"'), encoding="utf-8")
    source.with_suffix(".mo").unlink()
    assert catalogues("--locale", tmp_path / "locale").returncode == 0
    after = source.read_text("utf-8")
    assert 'msgid "Keep"\nmsgstr ""' in after
    assert "Kept" not in after
    assert after.replace('msgid "Keep"\nmsgstr ""', 'msgid "Keep"\nmsgstr "Behalten"') == before
    checked = catalogues("--check", "--locale", tmp_path / "locale")
    assert "desktopsearch.po: 'Keep' is not translated\n" in checked.stderr


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["de-AT", "en"], "de"),
        (["de_DE.UTF-8"], "de"),
        (["fr", "de"], "de"),
        (["en-GB", "de"], "en"),
        (["fr"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_with_texts_is_chosen(wanted: list[str], chosen: str) -> None:
    assert translation.choose(wanted) == chosen


def test_a_terminal_asks_as_gettext_does() -> None:
    asked = {"LANG": "fr_FR.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": ""}
    assert translation.of_the_environment(asked) == ["de_DE.UTF-8"]
    assert translation.of_the_environment({**asked, "LANGUAGE": "nl:de"}) == ["nl", "de"]


def test_counts_and_figures_are_said_in_both_languages() -> None:
    count = ("{n} photo", "{n} photos")
    assert [plural(*count, n) for n in (0, 1, 1234)] == ["0 photos", "1 photo", "1,234 photos"]
    translation.use("de")
    assert [plural(*count, n) for n in (0, 1, 1234)] == ["0 Fotos", "1 Foto", "1.234 Fotos"]
    assert (figure(1_000_000), decimal(1234.56)) == ("1.000.000", "1.234,6")


def test_the_command_line_speaks_the_language_of_the_terminal(tmp_path: Path) -> None:
    german = Desktopsearch(tmp_path / "library", LANGUAGE="de")
    assert german.run("--help").out.startswith("Aufruf: ")
    assert german.run("search", "x.jpg").sentence.startswith("In ")
    wrong = german.run("index", "--nonsense")
    assert wrong.status == 2
    assert "Fehler: unbekannte Argumente: --nonsense" in wrong.err


def test_the_setting_counts_more_than_the_terminal_and_json_stays_as_it_is(tmp_path: Path) -> None:
    german = Desktopsearch(tmp_path / "library", LANGUAGE="de")
    german.run("settings", "set", "language", "en")
    missing = tmp_path / "missing"
    assert german.run("index", missing).sentence == f"There is no folder {missing}."
    german.run("settings", "set", "language", "de")
    assert german.run("index", missing).sentence == f"Es gibt keinen Ordner {missing}."
    german.run("index")
    assert german.json("status")["photos"] == 0
    assert german.run("status").out.startswith("0 Fotos in 0 Dateien\n0 Probleme\n")
