"""Fitted curves as runs, so that W&B can draw errors and laws over N."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segaug.results.keys import CURVE
from segaug.results.mirror.run import NAME_LENGTH, TAG_LENGTH, Run, clip, content_of, run_id

JOB_TYPE = "law"
_DRAWN = {"mean": "error", "mean_low": "error_low", "mean_high": "error_high", "law": "law", "law_low": "law_low",
          "law_high": "law_high"}  # fmt: skip
_LAW = ("a", "b", "b_low", "b_high", "c", "c_low", "c_high", "slope", "slope_low", "slope_high", "error_largest",
        "error_largest_low", "error_largest_high", "verdict_floor", "verdict_reason", "trials", "diverged")  # fmt: skip


def law_runs(study: str, fits: pd.DataFrame, points: pd.DataFrame) -> Iterator[Run]:
    """One run a curve.  fits, points: the tables `fits` and `curves` that `segaug fit` writes."""
    for fit in fits.to_dict("records"):
        key = [fit["metric"], *(fit[name] for name in CURVE)]
        rows = points[(points[["metric", *CURVE]] == key).all(axis=1)].sort_values("size").to_dict("records")
        history = tuple(
            _known({"N": row["size"], **{name: row.get(column) for column, name in _DRAWN.items()}}) for row in rows
        )
        summary = _known({name: fit.get(name) for name in _LAW})
        yield Run(
            id=run_id(study, JOB_TYPE, *key),
            name=clip("/".join(key[1:]), NAME_LENGTH),
            group=clip("/".join(key[1:3]), NAME_LENGTH),
            job_type=JOB_TYPE,
            tags=tuple(dict.fromkeys(clip(word, TAG_LENGTH) for word in (study, *key))),
            config={"study": study, **dict(zip(("metric", *CURVE), key, strict=True))},
            content=content_of([repr(summary), *map(repr, history)]),
            summary=summary,
            axis="N",
            history=history,
        )


def _known(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Without values that do not exist."""
    return {
        str(k): v for k, v in values.items() if v is not None and not (isinstance(v, float) and not math.isfinite(v))
    }
