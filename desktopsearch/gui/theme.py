"""How the window looks: the palette that is on, the type scale, spacing, the style sheet.

Follows the system's colour scheme and its wish for contrast while the window is open. Widgets name
a role of ``colours``, never a colour. Nothing in the window moves by itself, so that there is no
motion to reduce.
"""

from __future__ import annotations

import string
import sys
from dataclasses import asdict, dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktopsearch.config import resources_folder
from desktopsearch.domain.preferences import Appearance
from desktopsearch.gui.colours import LIGHT, Colours, palette_of

SPACE_PX: Final = 8
"""The grid of all distances."""

FAMILY: Final = "Inter"
_SMALLEST_PT, _LARGEST_PT = 9.0, 14.0
_MIDDLE = 128
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

    def __init__(self, application: QApplication, appearance: Appearance = "system") -> None:
        """Dress an application.

        Args:
            application: Gets style, palette, font and style sheet.
            appearance: ``system`` follows the system; ``contrast`` takes only light or dark of it.
        """
        super().__init__(application)
        self._application = application
        self._appearance: Appearance = "system"
        # Windows tells no colour scheme while its high contrast is on, but shows its colours.
        self._began_dark = application.palette().window().color().lightness() < _MIDDLE
        for weight in _WEIGHTS:
            font_file = resources_folder() / "fonts" / f"Inter-{weight}.ttf"
            QFontDatabase.addApplicationFont(str(font_file))
        system_pt = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
        self.scale = TypeScale(min(max(system_pt, _SMALLEST_PT), _LARGEST_PT))
        self.colours = LIGHT
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(self.font(self.scale.body))
        hints = application.styleHints()
        self._scheme = hints.colorScheme()
        hints.colorSchemeChanged.connect(self._on_scheme_changed)
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._dress)
        self.set_appearance(appearance)

    def set_appearance(self, appearance: Appearance) -> None:
        """Look so from now on."""
        self._appearance = appearance
        # For what the system draws: the window's frame, its own dialogs.
        self._application.styleHints().setColorScheme(
            {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(
                appearance, Qt.ColorScheme.Unknown
            )
        )
        self._dress()

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

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        self._dress()

    def _dress(self) -> None:
        colours = palette_of(
            dark=self._is_dark(), contrast=self._appearance == "contrast" or self._wants_contrast()
        )
        if colours is self.colours and self._application.styleSheet():
            return  # it takes a tenth of a second
        self.colours = colours
        self._application.setPalette(_palette(self.colours))
        template = (resources_folder() / "theme" / "style.qss").read_text(encoding="utf-8")
        sizes = {
            "small_pt": self.scale.small,
            "heading_pt": self.scale.heading,
            "title_pt": self.scale.title,
            "icons": (resources_folder() / "icons").as_posix(),
            "check": self._black_or_white("on_accent"),
            "arrow": self._black_or_white("text"),
            # Qt mirrors a slider, but not what these mean: left and right of its handle.
            "filled": "add-page" if self._application.isRightToLeft() else "sub-page",
        }
        self._application.setStyleSheet(
            string.Template(template).substitute(asdict(self.colours), **sizes)
        )
        self.changed.emit()

    def _black_or_white(self, role: str) -> str:
        """Which of the two a colour is nearer to: icons of the style sheet have no other."""
        return "white" if self.colour(role).lightness() > _MIDDLE else "black"

    def _is_dark(self) -> bool:
        if self._appearance in ("light", "dark"):
            return self._appearance == "dark"
        if self._scheme is Qt.ColorScheme.Unknown:
            return self._began_dark
        return self._scheme is Qt.ColorScheme.Dark

    def _wants_contrast(self) -> bool:
        if self._appearance != "system":
            return False
        hints = self._application.styleHints()
        if not hasattr(hints, "accessibility"):
            return sys.platform == "win32" and self._scheme is Qt.ColorScheme.Unknown
        return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


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
