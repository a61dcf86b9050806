"""What `segaug fit` writes."""

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.curves.export import fits_frame, fits_json, points_frame
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.files import write_atomic
from segaug.results.inside import inside


def write(folder: Path, fits: Sequence[CurveFit]) -> list[str]:
    """Fits, curves and trials as CSV and Parquet, and the fits as JSON; returns the file names."""
    folder.mkdir(parents=True, exist_ok=True)
    trials = pd.concat([curve.trials.table for curve in fits], ignore_index=True)
    trials = trials.drop(columns=["metric", "error", "constant"] if fits[0].metric else []).drop_duplicates(
        ignore_index=True
    )
    files = {"fits.json": fits_json(fits)}
    for name, table in (("fits", fits_frame(fits)), ("curves", points_frame(fits)), ("trials", trials)):
        files |= {f"{name}.csv": csv_bytes(table), f"{name}.parquet": _parquet(table)}
    for name, data in files.items():
        write_atomic(inside(folder, name), data)
    return list(files)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
