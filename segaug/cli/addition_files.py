"""What `segaug addition` writes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from segaug.analysis.addition.curve import Additions
from segaug.analysis.addition.record import additions_record, point_rows
from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.plain_json import json_bytes
from segaug.file_name import file_name
from segaug.files import write_atomic
from segaug.measures import stem_of
from segaug.results.inside import inside


def contents(additions: Sequence[Additions]) -> dict[str, bytes]:
    """Suffix -> a row a measure, curve and k; and everything as JSON."""
    return {
        ".csv": csv_bytes(pd.DataFrame(point_rows(additions))),
        ".json": json_bytes(additions_record(additions)),
    }


def write(folder: Path, additions: Sequence[Additions], files: Mapping[str, bytes]) -> list[str]:
    """Write these; returns the names of the files."""
    metrics = {curve.metric or "error" for of_metric in additions for curve in of_metric.curves}
    stem = file_name("_".join(sorted(map(stem_of, metrics))))
    for suffix, data in files.items():
        write_atomic(inside(folder, f"{stem}{suffix}"), data)
    return [f"{stem}{suffix}" for suffix in files]
