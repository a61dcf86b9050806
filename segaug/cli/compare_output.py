"""What `segaug compare` prints."""

import math
from collections.abc import Iterator

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

_COLUMNS = ("strategy", "N", "pairs", "baseline", "error", "difference", "low", "high", "rms px")
_CAPTION = (
    "difference: error minus that of the baseline on the same seeds, negative is better\n"
    "low to high: 95 %, Student, over seeds, on this test set; of each row alone, whatever their number\n"
    "rms px: how far the strategy's own stage moves the pixels of the images it is applied to"
)


def tables(differences: pd.DataFrame, metric: str, baseline: str) -> Iterator[Table]:
    """One table for each task and network, a row for each strategy and size."""
    if differences.empty:
        yield Table(title=f"no trial shares task, network, N and seed with one of {baseline}")
        return
    for (task, model), group in differences.groupby(["task", "model"]):
        title = f"{task}, {model}: test {metric} against {baseline}"
        table = Table(title=title, caption=_CAPTION, caption_justify="left")
        table.box, table.collapse_padding, table.pad_edge = SIMPLE_HEAD, True, False
        for column in _COLUMNS:
            table.add_column(column, overflow="fold", justify="left" if column == "strategy" else "right")
        for _, row in group.iterrows():
            table.add_row(*_cells(row))
        yield table


def _cells(row: pd.Series) -> Iterator[str]:
    yield row["strategy"]
    yield f"{row['size']}"
    yield f"{row['pairs']}" + (f" ({row['dropped']} diverged)" if row["dropped"] else "")
    forms = {"baseline": ".4f", "error": ".4f", "difference": "+.4f", "low": "+.4f", "high": "+.4f", "rms_px": ".2f"}
    for name, form in forms.items():
        yield "" if math.isnan(row[name]) else format(row[name], form)
