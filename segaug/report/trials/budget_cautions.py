"""Strategies of one size that were trained on more rows at a time than others, or for more updates."""

from collections.abc import Iterator, Sequence

from segaug.findings.phrases import counted
from segaug.report.look.palette import in_order
from segaug.report.study.caution import Caution, make
from segaug.report.study.measure import Json
from segaug.report.study.study import Study, collect


def unlike_budgets(study: Study) -> Caution | None:
    """Where a strategy has made images, or asked for more updates."""
    return make(
        "unlike_budgets",
        "Strategies were not trained on as many rows, or for as many updates",
        "A strategy that makes images fills larger batches where there are fewer images than a batch takes. Part of "
        "its difference to the others may come from that: compare it with one that has the same numbers. Trials that "
        "were stopped early are left out of the updates.",
        _places(study),
    )


def _places(study: Study) -> Iterator[str]:
    for (task, model, size), records in sorted(collect(study.trained_ok, "task", "model", "size").items()):
        noted = [record for record in records if record["batch_size"]]
        ran_out = [record for record in records if record["stopped"] == "budget"]
        told = [*_unlike(noted, "batch_size", "row"), *_unlike(ran_out, "updates", "update")]
        if told:
            yield f"{task} · {model} · N = {size}: {'; '.join(told)}"


def _unlike(records: Sequence[Json], key: str, unit: str) -> Iterator[str]:
    """Who had how many, of the seeds where not all had the same."""
    strategies: dict[int, set[str]] = {}
    for same_seed in collect(records, "seed").values():
        if len({record[key] for record in same_seed}) > 1:
            for record in same_seed:
                strategies.setdefault(record[key], set()).add(record["strategy"])
    if strategies:
        yield ", ".join(
            f"{counted(count, unit)} ({', '.join(in_order(names))})" for count, names in sorted(strategies.items())
        )
