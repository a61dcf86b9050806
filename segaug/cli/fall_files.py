"""What `segaug fit --site` writes of the fall from inside to outside."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.sites.fall import Fall
from segaug.analysis.sites.record import fall_rows
from segaug.files import write_atomic
from segaug.results.inside import inside


def write_falls(folder: Path, falls: Sequence[Fall]) -> list[str]:
    """A row a size, and one over all sizes; returns the name of the file."""
    rows = [row for fall in falls for row in fall_rows(fall)]
    write_atomic(inside(folder, "falls.csv"), csv_bytes(pd.DataFrame(rows)))
    return ["falls.csv"]
