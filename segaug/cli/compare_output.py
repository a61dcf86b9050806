"""What `segaug compare` prints."""

import math
from collections.abc import Iterator

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

_COLUMNS = ("strategy", "N", "pairs", "baseline", "error", "difference", "95 % interval", "rms px")
_CAPTION = (
    "difference: error minus that of the baseline on the same seeds, negative is better\n"
    "95 % interval: Student, over seeds, on this test set; of each row alone, whatever their number\n"
    "rms px: how far the strategy's own stage moves the pixels of the images it is applied to"
)


def tables(differences: pd.DataFrame, metric: str, baseline: str) -> Iterator[Table]:
    """One table for each task and network, a row for each strategy and size."""
    if differences.empty:
        yield Table(title=f"no trial shares task, network, N and seed with one of {baseline}")
        return
    for (task, model), group in differences.groupby(["task", "model"]):
        title = f"{task}, {model}: test {metric} against {baseline}"
        table = Table(title=title, caption=_CAPTION, caption_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for column in _COLUMNS:
            table.add_column(column, overflow="fold", justify="left" if column == "strategy" else "right")
        for _, row in group.iterrows():
            table.add_row(*_cells(row))
        yield table


def _cells(row: pd.Series) -> Iterator[str]:
    pairs = f"{row.pairs}" + (f" ({row.dropped} diverged)" if row.dropped else "")
    interval = "" if math.isnan(row.low) else f"{row.low:+.4f} to {row.high:+.4f}"
    moved = "" if math.isnan(row.rms_px) else f"{row.rms_px:.2f}"
    numbers = (f"{row.baseline:.4f}", f"{row.error:.4f}", f"{row.difference:+.4f}", interval, moved)
    return iter((row.strategy, f"{row.size}", pairs, *numbers))
