"""CPU time of whole trials in either precision, and of those of their passes that predict.

    python whole_trials.py --sizes 1 4 --words model=nnunet --bfloat16 protocol.precision=bfloat16

Prints JSON: for each size, "float32" and "bfloat16" with the seconds of each round, a seed for each; "float32 passes":
validations, recalibration and test of the trials in float32; "float32 parts": what their records say that each part
took, by the clock.  One process, since trials follow each other in a
worker too; the precisions take turns, and a short trial warms up.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from torch import nn

from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.models.inference import Forward, Window, predicting

WARM_UP = ["scale.size=1", "protocol.length=2", "protocol.warmup=1"]


def seconds_of(words: Sequence[str]) -> tuple[float, float, dict[str, float]]:
    """Of a whole trial, of its passes, and of its parts by the record."""
    plan = make_plan([compose(list(words))], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()
    with timed_passes() as passes:
        start = time.process_time()
        record, _ = run_trial(planned, task)
        return time.process_time() - start, sum(passes), record["run"]["seconds"]


@contextmanager
def timed_passes() -> Iterator[list[float]]:
    """CPU seconds of each time that a network predicts."""
    found: list[float] = []

    @contextmanager
    def timed(network: nn.Module, window: Window) -> Iterator[Forward]:
        start = time.process_time()
        with predicting(network, window) as forward:
            yield forward
        found.append(time.process_time() - start)

    with patch("segaug.models.inference.predicting", timed):
        yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--bfloat16", nargs="+", required=True, help="words of the trials in bfloat16")
    parser.add_argument("--words", nargs="+", required=True, help="words of all trials")
    options = parser.parse_args()
    took: dict[int, dict[str, list]] = {size: defaultdict(list) for size in options.sizes}
    seconds_of([*options.words, *WARM_UP])
    for seed in range(options.rounds):
        for size, found in took.items():
            words = [*options.words, f"scale.size={size}", f"seed={seed}"]
            whole, passes, parts = seconds_of(words)
            found["float32"].append(whole)
            found["float32 passes"].append(passes)
            found["float32 parts"].append(parts)
            found["bfloat16"].append(seconds_of([*words, *options.bfloat16])[0])
    print(json.dumps(took))


if __name__ == "__main__":
    main()
