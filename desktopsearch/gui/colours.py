"""The colours of the window by their roles, for light and dark and for high contrast.

Text stands out from its ground by at least 4.5 to 1, with high contrast by 7 to 1 (WCAG 2.2,
success criteria 1.4.3 and 1.4.6); a test holds that. What cannot be used needs only the former.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
    disabled: str
    """Words of what cannot be used now; told from others also with high contrast."""
    groove: str
    """Of progress and sliders, and of what is pressed."""
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
    disabled="#666863",
    groove="#dbdbd6",
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
    disabled="#a3a6a1",
    groove="#3d403e",
    accent="#5fb89b",
    on_accent="#0c1f18",
    accent_soft="#223d35",
    warning="#e5bb66",
    warning_soft="#3a3120",
    danger="#f08c7b",
    badge="#0d0e0d",
    on_badge="#ffffff",
)

CONTRAST_LIGHT: Final = Colours(
    window="#ffffff",
    sidebar="#ffffff",
    surface="#ffffff",
    hover="#e4e4e4",
    border="#000000",
    text="#000000",
    muted="#262626",
    disabled="#6b6b6b",
    groove="#c4c4c4",
    accent="#0033a0",
    on_accent="#ffffff",
    accent_soft="#cfdfff",
    warning="#553300",
    warning_soft="#fff3c9",
    danger="#7d0000",
    badge="#000000",
    on_badge="#ffffff",
)

CONTRAST_DARK: Final = Colours(
    window="#000000",
    sidebar="#000000",
    surface="#000000",
    hover="#2e2e2e",
    border="#ffffff",
    text="#ffffff",
    muted="#e2e2e2",
    disabled="#9a9a9a",
    groove="#4a4a4a",
    accent="#ffe14d",
    on_accent="#000000",
    accent_soft="#403800",
    warning="#ffd27a",
    warning_soft="#332600",
    danger="#ffa899",
    badge="#000000",
    on_badge="#ffffff",
)


def palette_of(*, dark: bool, contrast: bool) -> Colours:
    """The colours of a look."""
    if contrast:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT
