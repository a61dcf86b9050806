"""What `segaug compare` writes."""

from pathlib import Path

import pandas as pd

from segaug.analysis.comparison.comparison import Comparisons
from segaug.analysis.comparison.record import comparisons_record, overall_row, size_rows
from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.plain_json import json_bytes
from segaug.file_name import file_name
from segaug.files import write_atomic
from segaug.measures import stem_of
from segaug.results.inside import inside


def write(folder: Path, comparisons: Comparisons) -> list[str]:
    """A row a size, a row a strategy, and everything as JSON; returns the file names."""
    first = comparisons.found[0]
    metrics = "_".join(sorted({stem_of(comparison.metric or "error") for comparison in comparisons.found}))
    stem = file_name(f"{metrics}_against_{first.baseline}")
    sizes = [row for comparison in comparisons.found for row in size_rows(comparison)]
    files = {
        f"{stem}.csv": csv_bytes(pd.DataFrame(sizes)),
        f"{stem}_overall.csv": csv_bytes(pd.DataFrame([overall_row(comparison) for comparison in comparisons.found])),
        f"{stem}.json": json_bytes(comparisons_record(comparisons)),
    }
    for name, data in files.items():
        write_atomic(inside(folder, name), data)
    return list(files)
