"""From the results of simulated teachings to marks, tables, raw figures and a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from benchmarks import report
from benchmarks.charts import Line, draw_by_labels
from benchmarks.comparison import EMBEDDING
from benchmarks.judging import MEAN_AP
from benchmarks.rivals import ITQ
from benchmarks.teaching_protocol import OVER_ALBUMS, PACKS, PRECISION
from benchmarks.teaching_trials import BUNDLED, LOGISTIC, Result

BENCHMARK = "teaching"
MARKED_LABELS = 20
GAIN_ON_FLOWERS = 0.20
FLOWERS = "flowers17"
BEHIND_LOGISTIC = 0.05
_DRAWN_BITS = 64
_ABOUT = """\
Of each album so many photos are labelled (of photos in several albums each keeps all its labels);
all photos, without the other labels, are the library that is taught, as the product does it.
Queries and database are the photos that were not labelled: each asks among all the others of them
that are no near copies of it. Groups of near copies lie on one side. Relevant is what shares an
album. mAP is over the whole ranking, exact in ties; behind each mean the lowest and the highest
seed. A seed draws other labels and seeds all fitting.

The bundled layer has 256 bits. The fair rival at another length is ITQ of the bundled embedding
fitted on the same library, as `evaluate --bits` does it. Logistic regression learns from the
labelled photos alone and ranks by its class scores, which are no codes. `*` marks the objective
that the product chooses by itself, `(*)` one that it chooses for some of the seeds. miml: the
bundled embedding was made from these photos too (without labels); indicative only. caltech101: the
34 classes that no model was made from.
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """All seeds of one way of ranking."""

    pack: str
    labels: int
    method: str
    bits: int | None
    by_seed: Mapping[int, Result]

    @property
    def auto(self) -> bool:
        """Whether the product would choose it, for any of the seeds."""
        return any(each.auto for each in self.by_seed.values())

    @property
    def name(self) -> str:
        """The method, marked if the product would choose it."""
        if not self.auto:
            return self.method
        always = all(each.auto for each in self.by_seed.values())
        return f"{self.method} *" if always else f"{self.method} (*)"

    def figures(self, name: str) -> list[float]:
        """One of the figures, for each seed."""
        return [each.figures[name] for each in self.by_seed.values()]


def write_results(results: Sequence[Result], folder: Path | None) -> None:
    """Write marks, tables, raw figures and the chart.

    Args:
        results: All that is known.
        folder: None is where results lie.
    """
    cells = _cells(results)
    if not cells:
        raise SystemExit("nothing was measured yet")
    into = folder or report.RESULTS
    chart = f"{BENCHMARK}.svg"
    figures = (MEAN_AP, PRECISION, OVER_ALBUMS)
    report.write(
        BENCHMARK,
        ["pack", "labels", "method", "bits", "seeds", *figures, "fit processor s"],
        [
            [
                *(cell.pack, cell.labels, cell.name, cell.bits or "float", len(cell.by_seed)),
                *(_spread(cell.figures(name)) for name in figures),
                float(np.median([each.fit_s for each in cell.by_seed.values()])),
            ]
            for cell in cells
        ],
        summary=[
            _ABOUT,
            f"- commits: {', '.join(sorted({each.commit for each in results}))}",
            "",
            f"![mean average precision by labels of each album]({chart})",
            "",
            f"Marks at {MARKED_LABELS} labels an album, over the seeds that both sides have;",
            "for each seed the objective that the product chooses for it:",
            "",
            *report.table(*_marks(cells)),
            "",
            *_by_labels(cells),
            "All figures:",
            "",
        ],
        raw={"results": [msgspec.to_builtins(each) for each in results]},
        folder=into,
    )
    panels = {pack: _lines(cells, pack) for pack in dict.fromkeys(cell.pack for cell in cells)}
    draw_by_labels(into / chart, f"taught with {_DRAWN_BITS} bits", panels)


def _cells(results: Iterable[Result]) -> list[Cell]:
    found: dict[tuple[str, int, str, int | None], dict[int, Result]] = {}
    for each in results:
        trial = each.trial
        key = trial.pack, trial.labels, trial.method, trial.bits
        found.setdefault(key, {})[trial.seed] = each
    cells = [Cell(*key, by_seed) for key, by_seed in found.items()]
    rivals = (EMBEDDING, LOGISTIC, BUNDLED, ITQ)

    def order(cell: Cell) -> tuple[object, ...]:
        place = rivals.index(cell.method) if cell.method in rivals else len(rivals)
        rest = (not cell.auto, cell.method, cell.bits or 0)
        return PACKS.index(cell.pack), cell.labels, place, *rest

    return sorted(cells, key=order)


def _marks(cells: Sequence[Cell]) -> tuple[list[str], list[list[object]]]:
    """Return heads and rows: what the product would choose against each rival."""
    columns = ["pack", "bits", "taught", "seeds", MEAN_AP]
    columns += ["against bundled of this length", "against the float embedding"]
    columns += [f"against {LOGISTIC}"]
    rows: list[list[object]] = []
    for cell in _chosen(cells, MARKED_LABELS):
        of_pack = {
            (each.method, each.bits): each
            for each in cells
            if (each.pack, each.labels) == (cell.pack, cell.labels)
        }
        bundled = of_pack.get((BUNDLED, cell.bits)) or of_pack[ITQ, cell.bits]
        wanted = GAIN_ON_FLOWERS if cell.pack == FLOWERS else None
        rows.append(
            [
                *(cell.pack, cell.bits, cell.method, len(cell.by_seed)),
                _spread(cell.figures(MEAN_AP)),
                f"{_against(cell, bundled, wanted)}, {bundled.method}",
                _against(cell, of_pack[EMBEDDING, None], 0.0),
                _against(cell, of_pack[LOGISTIC, None], -BEHIND_LOGISTIC),
            ]
        )
    return columns, rows


def _chosen(cells: Iterable[Cell], labels: int) -> list[Cell]:
    """Return what the product would choose at a number of labels, which may differ by the seed."""
    found: dict[tuple[str, int | None], dict[int, Result]] = {}
    for cell in cells:
        for seed, each in cell.by_seed.items():
            if each.auto and cell.labels == labels:
                found.setdefault((cell.pack, cell.bits), {})[seed] = each
    return [
        Cell(pack, labels, _named(by_seed.values()), bits, by_seed)
        for (pack, bits), by_seed in found.items()
    ]


def _named(results: Iterable[Result]) -> str:
    """Name the method, or those of the seeds."""
    counts = Counter(each.trial.method for each in results)
    if len(counts) == 1:
        return next(iter(counts))
    seeds = counts.total()
    return ", ".join(f"{name} ({count} of {seeds})" for name, count in sorted(counts.items()))


def _against(cell: Cell, rival: Cell, wanted: float | None) -> str:
    """Say by how much the mean is better, and whether that is what was wanted."""
    seeds = cell.by_seed.keys() & rival.by_seed.keys()
    gains = [
        cell.by_seed[seed].figures[MEAN_AP] - rival.by_seed[seed].figures[MEAN_AP] for seed in seeds
    ]
    if not gains:
        return "not measured"
    gain = float(np.mean(gains))
    if wanted is None:
        return f"{gain:+.3f}"
    return f"{gain:+.3f} (wanted {wanted:+.2f}: {'met' if gain >= wanted else 'missed'})"


def _by_labels(cells: Sequence[Cell]) -> list[str]:
    """Return a table of mean average precision for each pack, a column for each number."""
    lines: list[str] = []
    for pack in dict.fromkeys(cell.pack for cell in cells):
        of_pack = [cell for cell in cells if cell.pack == pack]
        counts = sorted({cell.labels for cell in of_pack})
        found = {(each.method, each.bits, each.labels): each for each in of_pack}
        ways = dict.fromkeys((each.method, each.bits) for each in of_pack)
        rows = []
        for method, bits in ways:
            row = [found.get((method, bits, count)) for count in counts]
            shown = [_spread(each.figures(MEAN_AP)) if each else "" for each in row]
            rows.append([method, bits or "float", *shown])
        heads = ["method", "bits", *(f"{count} labels" for count in counts)]
        lines += [f"{pack}, {MEAN_AP}:", "", *report.table(heads, rows), ""]
    return lines


def _lines(cells: Sequence[Cell], pack: str) -> list[Line]:
    rivals = (EMBEDDING, LOGISTIC, ITQ)
    drawn = [each for each in cells if each.pack == pack and each.bits in (None, _DRAWN_BITS)]
    lines = []
    for method in sorted({each.method for each in drawn}):
        of_method = sorted((each for each in drawn if each.method == method), key=_labels_of)
        across = [float(each.labels) for each in of_method]
        up = [float(np.mean(each.figures(MEAN_AP))) for each in of_method]
        lines.append(Line(method, across, up, method not in rivals))
    return lines


def _labels_of(cell: Cell) -> int:
    return cell.labels


def _spread(values: Sequence[float]) -> str:
    """Show mean, lowest and highest."""
    return f"{np.mean(values):.3f} [{min(values):.3f}, {max(values):.3f}]"
