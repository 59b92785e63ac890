"""Pictures of comparisons: mean average precision by code length or by labels, and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_GREY = "0.5"


@dataclass(frozen=True, slots=True)
class Line:
    """One way of ranking in one of the charts."""

    name: str
    across: Sequence[float]
    up: Sequence[float]
    emphasised: bool
    """An objective of ours, not a rival."""


def draw(
    path: Path,
    title: str,
    by_bits: Sequence[Line],
    curves: Sequence[Line],
    curves_title: str,
    ceiling: float,
    ceiling_name: str,
) -> None:
    """Draw both charts side by side as SVG.

    Args:
        path: The file.
        title: Over both.
        by_bits: Mean average precision over bits.
        curves: Precision over recall.
        curves_title: Says which code length the curves are of.
        ceiling: Mean average precision of what codes could reach.
        ceiling_name: What that is; it may be one of the curves too.
    """
    with _styled():
        figure = Figure(figsize=(9.5, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        figure.suptitle(title)
        left.axhline(ceiling, color=_GREY, linestyle=":", label=ceiling_name)
        names = dict.fromkeys(line.name for line in by_bits)
        colours = {name: f"C{place}" for place, name in enumerate(names)} | {ceiling_name: _GREY}
        _lines(left, by_bits, colours, marked=True)
        left.set_xscale("log", base=2)
        lengths = sorted({bits for line in by_bits for bits in line.across})
        left.set_xticks(lengths, [f"{bits:g}" for bits in lengths])
        left.set(xlabel="bits", ylabel="mAP, exact in ties", ylim=(0, 1))
        _lines(right, curves, colours, marked=False)
        right.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1))
        right.set_title(curves_title, fontsize=9)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.savefig(path, metadata={"Date": None})


def draw_by_labels(path: Path, title: str, panels: Mapping[str, Sequence[Line]]) -> None:
    """Draw mean average precision over labels of each album, a chart for each pack, as SVG.

    Args:
        path: The file.
        title: Over all charts.
        panels: Lines by the name of the pack; a name has the same colour in all of them.
    """
    names = dict.fromkeys(line.name for lines in panels.values() for line in lines)
    colours = {name: f"C{place}" for place, name in enumerate(names)}
    with _styled():
        figure = Figure(figsize=(3.2 * len(panels), 4.2), layout="constrained")
        figure.suptitle(title)
        shown: dict[str, Artist] = {}
        all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, (pack, lines) in zip(all_axes, panels.items(), strict=True):
            _lines(axes, lines, colours, marked=True)
            counts = sorted({count for line in lines for count in line.across})
            axes.set_xscale("log")
            axes.set_xticks(counts, [f"{count:g}" for count in counts])
            axes.minorticks_off()
            axes.set(xlabel="labels an album", ylim=(0, 1))
            axes.set_title(pack, fontsize=9)
            handles, labels = axes.get_legend_handles_labels()
            shown |= dict(zip(labels, handles, strict=True))
        all_axes[0].set_ylabel("mAP, exact in ties")
        figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=5)
        figure.savefig(path, metadata={"Date": None})


def _styled() -> AbstractContextManager[None]:
    # Text as text keeps the file small, and a fixed salt keeps it the same for the same figures.
    return rc_context(
        {
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.3,
            "svg.fonttype": "none",
            "svg.hashsalt": "desktopsearch",
        }
    )


def _lines(axes: Axes, lines: Sequence[Line], colours: Mapping[str, str], *, marked: bool) -> None:
    for line in lines:
        axes.plot(
            line.across,
            line.up,
            label=line.name,
            color=colours[line.name],
            marker="o" if marked else "",
            markersize=3.5,
            linewidth=2.2 if line.emphasised else 1.1,
            linestyle="-" if line.emphasised else "--",
        )
