"""The language of the window: whose catalogue, whose figures, and what Qt itself says."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from desktopsearch import translation
from desktopsearch.domain.preferences import Language


def speak(application: QApplication, wanted: Language) -> None:
    """Say everything in a language; call it before the first widget is made.

    Args:
        application: Gets what Qt says by itself, as in the menu of a text, in that language.
        wanted: ``system`` takes the first of the user's languages that there are texts in.
    """
    system = QLocale.system()
    chosen = translation.choose(system.uiLanguages() if wanted == "system" else [wanted])
    translation.use(chosen)
    # The system's own, where it fits, knows how the user's country writes figures and days.
    locale = system if system.name().partition("_")[0] == chosen else QLocale(chosen)
    QLocale.setDefault(locale)
    application.setLayoutDirection(locale.textDirection())
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(chosen), "qtbase", "_", folder):
        application.installTranslator(translator)
