from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap

from desktopsearch.gui.rounded import RoundedPixmaps

pytestmark = pytest.mark.usefixtures("theme")


def halves() -> QPixmap:
    """A red pixmap whose right half is blue."""
    pixmap = QPixmap(80, 60)
    pixmap.fill(QColor("red"))
    image = pixmap.toImage()
    for x in range(40, 80):
        for y in range(60):
            image.setPixelColor(x, y, QColor("blue"))
    return QPixmap.fromImage(image)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_corners_are_clear_and_opposite_edges_are_not_blended(ratio: float) -> None:
    rounded = RoundedPixmaps().get(halves(), QSize(40, 30), ratio)
    image = rounded.toImage()
    assert (image.width(), image.height()) == (round(40 * ratio), round(30 * ratio))
    assert rounded.deviceIndependentSize().toSize() == QSize(40, 30)
    assert image.pixelColor(0, 0).alpha() == 0
    middle = image.height() // 2
    assert image.pixelColor(0, middle) == QColor("red")
    assert image.pixelColor(image.width() - 1, middle) == QColor("blue")


def test_what_is_ready_is_kept_within_the_budget() -> None:
    source = halves()
    kept = RoundedPixmaps(cache_bytes=2 * 40 * 30 * 4)
    first = kept.get(source, QSize(40, 30), 1.0)
    assert kept.get(source, QSize(40, 30), 1.0).cacheKey() == first.cacheKey()
    kept.get(source, QSize(40, 31), 1.0)
    kept.get(source, QSize(40, 32), 1.0)
    assert kept.get(source, QSize(40, 30), 1.0).cacheKey() != first.cacheKey(), "it had to go"


def test_what_is_not_ready_when_the_time_of_a_page_is_over_comes_with_a_later_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("time.thread_time", lambda: now)
    source, kept = halves(), RoundedPixmaps()
    drawn = RoundedPixmaps.get

    def slowly(self: RoundedPixmaps, pixmap: QPixmap, size: QSize, ratio: float) -> QPixmap:
        nonlocal now
        now += 1.0
        return drawn(self, pixmap, size, ratio)

    monkeypatch.setattr(RoundedPixmaps, "get", slowly)
    kept.begin_page()
    now = 5.0
    assert kept.get_in_time(source, QSize(40, 30), 1.0) is not None, "only making counts"
    assert kept.get_in_time(source, QSize(40, 31), 1.0) is None
    assert kept.get_in_time(source, QSize(40, 30), 1.0) is not None, "it is ready"
    kept.begin_page()
    assert kept.get_in_time(source, QSize(40, 31), 1.0) is not None
