"""Colours that can be told apart, and that follow the system and the user at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractAnimation, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.preferences import Appearance
from desktopsearch.gui import messages
from desktopsearch.gui.colours import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    Colours,
    palette_of,
)
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import Indexed, Opener

GROUNDS = ("window", "sidebar", "surface", "hover", "accent_soft", "warning_soft")


@pytest.fixture
def look(theme: Theme) -> Iterator[Theme]:
    yield theme
    theme.set_appearance("system")


def luminance(name: str) -> float:
    """WCAG 2.2, relative luminance."""
    colour = QColor(name)
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_of_black_to_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize(
    ("colours", "least"), [(LIGHT, 4.5), (DARK, 4.5), (CONTRAST_LIGHT, 7.0), (CONTRAST_DARK, 7.0)]
)
def test_texts_stand_out_from_every_ground(colours: Colours, least: float) -> None:
    pairs = [
        *(("text", ground) for ground in GROUNDS),
        *(("muted", ground) for ground in ("window", "sidebar", "surface")),
        ("text", "groove"),
        ("on_accent", "accent"),
        ("on_badge", "badge"),
        ("warning", "window"),
        ("warning", "sidebar"),
        ("danger", "surface"),
    ]
    ratios = {pair: contrast(*(getattr(colours, role) for role in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK])
def test_what_cannot_be_used_is_legible_and_told_from_what_can(colours: Colours) -> None:
    for ground in ("window", "surface"):
        assert contrast(colours.disabled, getattr(colours, ground)) >= 4.5
    assert contrast(colours.disabled, colours.text) >= 2.0


@pytest.mark.parametrize("colours", [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK])
def test_the_focus_ring_stands_out_from_every_ground(colours: Colours) -> None:
    for ground in ("window", "sidebar", "surface"):
        assert contrast(colours.accent, getattr(colours, ground)) >= 3.0


@pytest.mark.parametrize("colours", [CONTRAST_LIGHT, CONTRAST_DARK])
def test_borders_are_plain_with_high_contrast(colours: Colours) -> None:
    for ground in GROUNDS:
        assert contrast(colours.border, getattr(colours, ground)) >= 7.0


def corner(window: MainWindow) -> QColor:
    return window.grab().toImage().pixelColor(5, 300)


def test_the_open_window_changes_with_the_setting(
    open_window: Opener, look: Theme, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    looks: tuple[Appearance, ...] = ("light", "dark", "light", "contrast")
    seen = []
    for appearance in looks:
        look.set_appearance(appearance)
        seen.append(corner(window).name())
    assert seen[:3] == [LIGHT.sidebar, DARK.sidebar, LIGHT.sidebar]
    assert seen[3] in (CONTRAST_LIGHT.sidebar, CONTRAST_DARK.sidebar)


def test_the_open_window_follows_the_system(
    open_window: Opener, look: Theme, qapp: QApplication, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    hints = qapp.styleHints()
    # Said by the system when its user chooses another scheme.
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert corner(window).name() == DARK.sidebar
    look.set_appearance("light")
    assert corner(window).name() == LIGHT.sidebar
    hints.colorSchemeChanged.emit(hints.colorScheme())


def test_nothing_is_dressed_twice(look: Theme) -> None:
    look.set_appearance("dark")
    changes: list[bool] = []
    look.changed.connect(lambda: changes.append(True))
    look.set_appearance("dark")
    assert changes == []
    look.set_appearance("light")
    assert changes == [True]


def test_a_question_keeps_its_default_while_the_look_changes(look: Theme, qtbot: QtBot) -> None:
    parent = QWidget()
    parent.show()
    messages.ask_before_removal(parent, Path("photos"), lambda: None)
    box = parent.findChild(QMessageBox)
    assert box is not None
    looks: tuple[Appearance, ...] = ("dark", "light", "contrast")
    for appearance in looks:
        look.set_appearance(appearance)
        qtbot.wait(10)
        assert box.focusWidget() is box.defaultButton()
        defaults = [each for each in box.findChildren(QPushButton) if each.isDefault()]
        assert [each.text() for each in defaults] == ["Keep"]
    box.close()
    parent.close()
    parent.deleteLater()


def test_icons_take_the_colour_of_their_role(
    open_window: Opener, look: Theme, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    icon = window.panel._add.icon()
    darkest = []
    looks: tuple[Appearance, ...] = ("light", "dark")
    for appearance in looks:
        look.set_appearance(appearance)
        image = icon.pixmap(48, 48).toImage()
        pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
        darkest.append(max((each for each in pixels if each.alpha() > 200), key=QColor.lightness))
    assert darkest[0].lightness() < 80 < 180 < darkest[1].lightness()


def test_arrows_point_along_the_text(look: Theme, qapp: QApplication) -> None:
    icons = Icons(look)

    def point(name: str) -> float:
        """Where the middle line of the drawing lies across, from -1 to 1."""
        image = icons.get(name).pixmap(32, 32).toImage()
        inks = [image.pixelColor(x, 16).alpha() for x in range(32)]
        return sum(ink * (x - 15.5) for x, ink in enumerate(inks)) / sum(inks) / 15.5

    left_to_right = point("back"), point("forward"), point("folder")
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right_to_left = point("back"), point("forward"), point("folder")
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert left_to_right[0] < 0 < left_to_right[1]
    assert right_to_left[1] < 0 < right_to_left[0]
    assert left_to_right[2] == right_to_left[2]


def test_a_slider_is_filled_from_where_it_begins_in_either_direction(
    qapp: QApplication, qtbot: QtBot
) -> None:
    for direction in (Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight):
        qapp.setLayoutDirection(direction)
        # Which page of a slider is the filled one is settled with the style sheet.
        qapp.setStyleSheet("")
        theme = Theme(qapp)
        slider = QSlider(Qt.Orientation.Horizontal)
        qtbot.addWidget(slider)
        slider.setRange(0, 100)
        slider.setValue(50)
        slider.resize(200, 22)
        image = slider.grab().toImage()
        ends = [image.pixelColor(x, 11) == theme.colour("accent") for x in (20, 180)]
        mirrored = direction is Qt.LayoutDirection.RightToLeft
        assert ends == [not mirrored, mirrored]


def test_high_contrast_takes_light_or_dark_of_the_system() -> None:
    assert palette_of(dark=True, contrast=True) is CONTRAST_DARK
    assert palette_of(dark=False, contrast=True) is CONTRAST_LIGHT


def test_nothing_moves_by_itself(open_window: Opener, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    running = [
        each.metaObject().className()
        for each in window.findChildren(QAbstractAnimation)
        if each.state() is QAbstractAnimation.State.Running
    ]
    assert running == []
