"""What `segaug fit` prints and writes."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from segaug.analysis.bootstrap import Interval
from segaug.analysis.curves import CurveFit
from segaug.analysis.export import csv_bytes, fits_frame, fits_json, points_frame
from segaug.analysis.fit import Fit
from segaug.analysis.table import trials
from segaug.results.store import Json, Store, write_atomic

_COLUMNS = ("strategy", "a", "b", "c", "R²", "E, middle N", "E, largest N", "floor")


def write(folder: Path, records: Sequence[Json], fits: Sequence[CurveFit]) -> list[str]:
    """Write fits, curves and trials as CSV and Parquet, and the fits as JSON; returns the file names."""
    files = {"fits.json": fits_json(fits)}
    for name, table in (("fits", fits_frame(fits)), ("curves", points_frame(fits)), ("trials", trials(records))):
        files |= {f"{name}.csv": csv_bytes(table), f"{name}.parquet": _parquet(table)}
    for name, data in files.items():
        write_atomic(folder / name, data)
    return list(files)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def tables(fits: Sequence[CurveFit]) -> Iterator[Table]:
    """One table for each task and model, a row a strategy."""
    for (task, model), group in groupby(fits, key=lambda curve: (curve.task, curve.model)):
        yield _table(f"{task}, {model}: {_name(fits[0].metric)} after training on N images", list(group))


def trial_counts(store: Store, records: Sequence[Json]) -> str:
    """One line: how many of the planned trials are there, and in what state."""
    planned = {trial["id"] for trial in store.plan()["trials"]}
    done = Counter(record["status"] for record in records)
    failed = {failure["id"] for failure in store.failures()}
    missing = planned - failed - {record["id"] for record in records}
    return f"trials: {done['ok']} ok, {done['diverged']} diverged, {len(failed)} failed, {len(missing)} missing"


def _table(title: str, curves: Sequence[CurveFit]) -> Table:
    validation = sorted({point.validation_labels for curve in curves for point in curve.points})
    caption = [
        f"each N comes with V = {' or '.join(map(str, validation))} validation labels",
        "low to high: 95 % over seeds, on this test set; a, b and c are only meaningful together",
        "floor: can these data tell c from 0?",
        *(f"{curve.strategy}: {curve.note}" for curve in curves if curve.note),
    ]
    table = Table(title=title, caption="\n".join(caption), caption_justify="left", leading=1)
    table.box, table.collapse_padding, table.pad_edge = SIMPLE_HEAD, True, False
    for column in _COLUMNS:
        table.add_column(column, overflow="fold")  # a narrow terminal must not cut numbers short
    for curve in curves:
        table.add_row(*_cells(curve))
    return table


def _cells(curve: CurveFit) -> list[str]:
    sizes, trials_per_size = [point.size for point in curve.points], [point.n for point in curve.points]
    cells = [f"{curve.strategy}\nN {_span(sizes)}, {_span(trials_per_size)} seeds"]
    fit = curve.fit
    if fit is None:
        means = [f"{point.mean:.3g} (N={point.size})" for point in curve.points]
        return [*cells, "no fit", "", "", "", *(means[(len(means) - 1) // 2 : (len(means) + 1) // 2]), *means[-1:]]
    spread = fit.bootstrap
    cells += [_with(value, getattr(spread, name, None)) for name, value in asdict(fit.law).items()]
    cells += [f"{fit.r2:.3f}", _error(fit, fit.middle_size), _error(fit, fit.sizes[-1])]
    return [*cells, "yes" if fit.floor_identified else "no"]


def _error(fit: Fit, size: float) -> str:
    return _with(float(fit.law.predict(size)), fit.interval(size), f" (N={size:.0f})")


def _with(value: float, interval: Interval | None, where: str = "") -> str:
    return f"{value:.3g}{where}" + (f"\n{interval.low:.3g} to {interval.high:.3g}" if interval else "")


def _span(values: Sequence[int]) -> str:
    low, high = min(values, default=0), max(values, default=0)
    return str(low) if low == high else f"{low}-{high}"


def _name(metric: str) -> str:
    return "lowest validation BCE" if metric == "validation_bce" else f"test {metric}"
