"""How the window looks: named colours for light and dark, the type scale, spacing, the style sheet.

Owns the palette and follows the system's colour scheme while the window is open. Widgets name a
role, never a colour.
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktopsearch.config import resources_folder


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour roles, as ``#rrggbb``."""

    window: str
    sidebar: str
    surface: str
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    warning: str
    warning_soft: str
    danger: str
    badge: str
    on_badge: str


LIGHT: Final = Colours(
    window="#fafaf8",
    sidebar="#f1f1ee",
    surface="#ffffff",
    hover="#e8e8e4",
    border="#dbdbd6",
    text="#1c1d1b",
    muted="#666863",
    accent="#26735d",
    on_accent="#ffffff",
    accent_soft="#dbece5",
    warning="#8a5a00",
    warning_soft="#fbf1d9",
    danger="#ad3a29",
    badge="#1c1d1b",
    on_badge="#ffffff",
)

DARK: Final = Colours(
    window="#1a1b1a",
    sidebar="#212221",
    surface="#2a2c2b",
    hover="#343635",
    border="#3d403e",
    text="#eeeeec",
    muted="#a3a6a1",
    accent="#5fb89b",
    on_accent="#0c1f18",
    accent_soft="#223d35",
    warning="#e5bb66",
    warning_soft="#3a3120",
    danger="#f08c7b",
    badge="#0d0e0d",
    on_badge="#ffffff",
)

SPACE_PX: Final = 8
"""The grid of all distances."""

FAMILY: Final = "Inter"
_SMALLEST_PT, _LARGEST_PT = 9.0, 14.0
_WEIGHTS = ("Regular", "Medium", "SemiBold")


@dataclass(frozen=True, slots=True)
class TypeScale:
    """Sizes in points, from the size that the system uses."""

    body: float

    @property
    def small(self) -> float:
        """Secondary lines and badges."""
        return round(self.body * 0.9, 1)

    @property
    def heading(self) -> float:
        """Names of panels and of what is shown."""
        return round(self.body * 1.15, 1)

    @property
    def title(self) -> float:
        """The one sentence of an empty state."""
        return round(self.body * 1.6, 1)


class Theme(QObject):
    """The look of one application; emits ``changed`` after it has put a new one on."""

    changed = Signal()

    def __init__(self, application: QApplication, scheme: Qt.ColorScheme | None = None) -> None:
        """Dress an application.

        Args:
            application: Gets style, palette, font and style sheet.
            scheme: Light or dark whatever the system says; None follows the system.
        """
        super().__init__(application)
        self._application = application
        self._fixed = scheme
        for weight in _WEIGHTS:
            font_file = resources_folder() / "fonts" / f"Inter-{weight}.ttf"
            QFontDatabase.addApplicationFont(str(font_file))
        system_pt = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
        self.scale = TypeScale(min(max(system_pt, _SMALLEST_PT), _LARGEST_PT))
        self.colours = LIGHT
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(self.font(self.scale.body))
        application.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._put_on()

    def font(self, size_pt: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The application's font in a size of the scale."""
        font = QFont(FAMILY)
        font.setPointSizeF(size_pt)
        font.setWeight(weight)
        return font

    def colour(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour that a role has now."""
        colour = QColor(getattr(self.colours, role))
        colour.setAlphaF(alpha)
        return colour

    def _on_scheme_changed(self) -> None:
        self._put_on()
        self.changed.emit()

    def _put_on(self) -> None:
        scheme = self._fixed or self._application.styleHints().colorScheme()
        self.colours = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        self._application.setPalette(_palette(self.colours))
        template = (resources_folder() / "theme" / "style.qss").read_text(encoding="utf-8")
        sizes = {
            "small_pt": self.scale.small,
            "heading_pt": self.scale.heading,
            "title_pt": self.scale.title,
            "chevron": (resources_folder() / "icons" / "chevron.svg").as_posix(),
        }
        self._application.setStyleSheet(
            string.Template(template).substitute(asdict(self.colours), **sizes)
        )


def _palette(colours: Colours) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, name in {
        roles.Window: colours.window,
        roles.WindowText: colours.text,
        roles.Base: colours.surface,
        roles.AlternateBase: colours.sidebar,
        roles.Text: colours.text,
        roles.Button: colours.surface,
        roles.ButtonText: colours.text,
        roles.BrightText: colours.danger,
        roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent,
        roles.Link: colours.accent,
        roles.LinkVisited: colours.accent,
        roles.PlaceholderText: colours.muted,
        roles.ToolTipBase: colours.surface,
        roles.ToolTipText: colours.text,
        roles.Accent: colours.accent,
        roles.Light: colours.surface,
        roles.Midlight: colours.hover,
        roles.Mid: colours.border,
        roles.Dark: colours.border,
        roles.Shadow: colours.border,
    }.items():
        palette.setColor(role, QColor(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette
