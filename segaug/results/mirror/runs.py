"""Which runs stand for the trials of a study."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from segaug.results.keys import EXPERIMENT, curve_of
from segaug.results.mirror import series
from segaug.results.mirror.data_file import plan_file, trials_file
from segaug.results.mirror.granularity import Granularity, key_of
from segaug.results.mirror.run import NAME_LENGTH, TAG_LENGTH, Run, clip, content_of, run_id
from segaug.results.store import Json


def run_of(study: str, granularity: Granularity, records: Sequence[Json]) -> Run:
    """The run of one curve, cell or trial; the order of its records does not matter."""
    records = sorted(records, key=lambda record: (record["size"], record["seed"], record["id"]))
    special = {"curve": _curve, "cell": _cell, "trial": _trial}[granularity](records)
    first = records[0]
    shared = {key: first[key] for key in EXPERIMENT}
    config = {"study": study, **shared, **special.pop("config"), "scientific": _common([r["config"] for r in records])}
    return Run(
        id=run_id(study, *key_of(first, granularity)),
        job_type=granularity,
        tags=_tags(study, *curve_of(first), *special.pop("tags")),
        config=config,
        content=content_of(record["id"] for record in records),
        data=trials_file(records),
        **special,
    )


def study_run(study: str, planned: pd.DataFrame, title: str | None = None) -> Run:
    """What was asked for: without it, a reader of the mirror could not tell what is missing."""
    counts = {"planned": len(planned), "failed": int(planned["failed"].sum())}
    return Run(
        id=run_id(study, "study"),
        name=clip(title or study, NAME_LENGTH),
        group=clip(study, NAME_LENGTH),
        job_type="study",
        tags=_tags(study),
        config={"study": study, **counts},
        content=plan_content(planned),
        summary=counts,
        data=plan_file(planned),
    )


def plan_content(planned: pd.DataFrame) -> str:
    """Name of the content of a study's own run."""
    return content_of(planned["id"] + planned["failed"].map({True: " failed", False: ""}))


def _curve(records: Sequence[Json]) -> dict[str, Any]:
    sizes = sorted({record["size"] for record in records})
    return {
        "name": clip(_curve_name(records[0]), NAME_LENGTH),
        "group": clip(f"{records[0]['task']}/{records[0]['model']}", NAME_LENGTH),
        "tags": (),
        "config": {"sizes": sizes, "seeds": sorted({record["seed"] for record in records})},
        "summary": series.means([record for record in records if record["size"] == sizes[-1]]),
        "axis": "N",
        "history": tuple(series.over_sizes(records)),
        "tables": {"trials": series.table(records)},
    }


def _cell(records: Sequence[Json]) -> dict[str, Any]:
    return {
        "name": clip(_cell_name(records[0]), NAME_LENGTH),
        "group": clip(_curve_name(records[0]), NAME_LENGTH),
        "tags": (f"n{records[0]['size']}",),
        "config": {"N": records[0]["size"], "seeds": [record["seed"] for record in records]},
        "summary": series.means(records),
        "history": tuple(series.over_updates(records)),
        "tables": {"seeds": series.table(records)},
    }


def _trial(records: Sequence[Json]) -> dict[str, Any]:
    (record,) = records
    facts = series.row(record, series.keys(records))
    return {
        "name": clip(f"{_cell_name(record)}/seed{record['seed']}", NAME_LENGTH),
        "group": clip(_cell_name(record), NAME_LENGTH),
        "tags": (f"n{record['size']}",),
        "config": {key: facts.pop(key) for key in ("N", "seed", "trial")},
        "summary": {key: value for key, value in facts.items() if value is not None},
        "history": tuple(series.of_one(record)),
    }


def _curve_name(record: Json) -> str:
    return f"{record['task']}/{record['model']}/{record['strategy']}"


def _cell_name(record: Json) -> str:
    return f"{_curve_name(record)}/n{record['size']}"


def _tags(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clip(word, TAG_LENGTH) for word in words))


def _common(configs: Sequence[Json]) -> Json:
    """The scientific config, as far as these trials share it; the seed is no part of it."""
    first = configs[0]
    return {
        key: value
        for key, value in first.items()
        if key != "seed" and all(other.get(key) == value for other in configs)
    }
