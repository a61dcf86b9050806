"""How evenly `shard=i/n` shares out the published grid: `python benchmarks/shards.py`.

Which shard a trial belongs to follows from its id alone, so counts and cost differ by chance.  Cost is what
`segaug plan` forecasts by its rule of thumb.  SEGAUG_DATA names the folder of the real data sets.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from segaug.cli.hydra_app import run_app
from segaug.cluster.forecast import forecast_of
from segaug.experiment.config.trial import Trial
from segaug.experiment.planned.plan import make_plan
from segaug.results.shard import Shard
from segaug.results.store import Json, Store

MACHINES = (4, 8, 16, 32)


def spread(trials: Iterable[Trial], folder: Path) -> None:
    """Print the table of docs/shards.md."""
    plan = make_plan(trials, skip_large=True)
    forecast = forecast_of(Store(folder / "study"), {one.trial.model for one in plan.trials})
    print(f"{len(plan.trials):,} trials; cost by {forecast.source}")
    print("n   trials of a shard  forecast cost of a shard, against the mean")
    for n in MACHINES:
        shards = [[one for one in plan.trials if Shard(i + 1, n).holds(one.id)] for i in range(n)]
        counts = [len(shard) for shard in shards]
        costs = [sum(map(forecast.seconds, shard)) for shard in shards]
        low, high = (round(100 * (n * end / sum(costs) - 1)) for end in (min(costs), max(costs)))
        print(f"{n:<3} {f'{min(counts):,} to {max(counts):,}':<18} {low:+d} % to {high:+d} %")


def main() -> None:
    """Run it."""
    with tempfile.TemporaryDirectory() as folder:

        def show(trials: Iterable[Trial], **_: object) -> list[Json]:
            spread(trials, Path(folder))
            return []

        run_app("plan", ["study=open_grid", f"output={folder}/study"], show, lambda *_: [])


if __name__ == "__main__":
    main()
