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
    """A row a size, and one over all sizes; returns the name of the file.

    Without a fall none is written, and one of an earlier run, whose curves are not there any more, is removed.
    """
    place = inside(folder, "falls.csv")
    if not falls:
        place.unlink(missing_ok=True)
        return []
    rows = [row for fall in falls for row in fall_rows(fall)]
    write_atomic(place, csv_bytes(pd.DataFrame(rows)))
    return [place.name]
