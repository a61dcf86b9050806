"""Whatever a table holds, a comparison ends in lines of at most 80 columns and in JSON, without a warning."""

import json

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.comparison.compare import compare_table
from segaug.analysis.comparison.record import comparisons_record, overall_row, size_rows
from segaug.analysis.plain_json import json_bytes
from segaug.cli.compare_output import lines

SHAPES = {
    "law": lambda rng, size: size**-0.5 + 0.05,
    "flat": lambda rng, size: 1.0,
    "rising": lambda rng, size: size**0.3,
    "step": lambda rng, size: 1.0 if size == 1 else 0.1,
    "noise": lambda rng, size: np.exp(rng.normal()),
}
CURVES = ("baseline", "genda(train_on=subset_and_external)", "red(p=0.5)")


def table(rng, shape):
    """Up to 12 seeds and 7 sizes, with gaps, divergence, any spread and any unit."""
    unit, sizes = 10 ** rng.uniform(-9, 6), 2 ** np.arange(rng.integers(1, 8))
    rows = []
    for curve in CURVES[: rng.integers(2, 4)]:
        spread, factor = rng.choice([0, 1e-9, 0.01, 0.2, 1.5]), rng.uniform(0.3, 1.5)
        for seed in range(rng.integers(1, 13)):
            for size in sizes[rng.uniform(size=len(sizes)) > 0.15]:
                error = unit * factor * SHAPES[shape](rng, float(size)) * np.exp(spread * rng.normal())
                rows.append((curve, size, seed, error, "diverged" if rng.random() < 0.05 else "ok", unit))
    made = pd.DataFrame(rows, columns=["curve", "N", "seed", "error", "status", "constant"])
    made.loc[(made["status"] == "diverged") & (rng.uniform(size=len(made)) < 0.5), "error"] = np.nan
    return made


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", SHAPES)
def test_any_table_is_compared(shape):
    rng = np.random.default_rng(list(SHAPES).index(shape))
    for _ in range(8):
        rows = table(rng, shape)
        if rows["curve"].nunique() == 1 or "baseline" not in set(rows["curve"]):
            continue
        found = compare_table(rows, nested=bool(rng.integers(2)), resamples=100)
        assert max(map(len, lines(found))) <= 80
        assert len(json.loads(json_bytes(comparisons_record(found)))["comparisons"]) == len(found.found)
        for one in found.found:
            assert len(list(size_rows(one))) == len(one.sizes)
            assert overall_row(one)["strategy"] == one.key.strategy
