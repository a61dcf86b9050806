"""How often `segaug addition` cries wolf, how often it finds what is there, and how long it takes.

Run: python benchmarks/addition_verdict.py [--studies 400]
Each study is made up: errors of S seeds at k = 0, 4, 8, 16 and 32, of which seeds share a part, so that pairing helps
as it does in real ones; nothing is trained.  False alarms: adding does nothing, and harm or benefit is shown all the
same.  Power: an effect at the largest k alone that the design says it finds with 80 %.
Goal: at most 5 % false alarms and two standard errors; 600 records with 1000 draws within 3 s.
"""

import argparse
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from segaug.analysis.addition.addition import addition_study
from segaug.analysis.addition.simultaneous import critical, noncentrality, paired_effects
from segaug.analysis.addition.verdict import addition_verdict
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import draw_seeds, resampled_means
from tests.addition_study import none, records, write

KS = (0, 4, 8, 16, 32)
DESIGNS = tuple(product((5, 10, 20), (0.0, 0.5, 0.9)))  # seeds, what trainings of one seed share of their variance
SPREAD, GOAL_S, RECORDS, DRAWS = 0.02, 3.0, 600, 1000


def studies(rng: np.random.Generator, count: int, seeds: int, shared: float, effect: Array) -> Array:
    """Errors of so many studies, (studies, S, k), with an effect at each k, (k,)."""
    common = rng.standard_normal((count, seeds, 1))
    own = rng.standard_normal((count, seeds, len(KS)))
    return 0.1 + SPREAD * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own) + effect


def shown(errors: Array) -> str:
    """The verdict on one study, (S, k)."""
    counts = draw_seeds(range(len(errors)), "benchmark", DRAWS).counts
    effects = paired_effects(errors[:, 1:] - errors[:, :1], None, counts, None, 0)
    return addition_verdict(dict(zip(KS[1:], effects, strict=True))).shown


def findable(rng: np.random.Generator, seeds: int, shared: float) -> float:
    """The true difference at the largest k that such a design finds with 80 %, its spread being known."""
    errors = studies(rng, 1, seeds, shared, np.zeros(len(KS)))[0]
    counts = draw_seeds(range(seeds), "benchmark", DRAWS).counts
    times = critical(resampled_means(errors[:, 1:] - errors[:, :1], counts), np.full(len(KS) - 1, seeds))[-1]
    spread = SPREAD * np.sqrt(2 * (1 - shared)) / np.sqrt(seeds)
    return float(spread * noncentrality(float(times), seeds - 1))


def false_alarms(count: int, seeds: int, shared: float) -> float:
    """Share of the studies without any effect in which harm or benefit is shown."""
    errors = studies(np.random.default_rng([seeds, round(10 * shared)]), count, seeds, shared, np.zeros(len(KS)))
    return float(np.mean([shown(study) != "neither" for study in errors]))


def power(count: int, seeds: int, shared: float) -> tuple[float, float]:
    """The difference at the largest k that the design promises to find, and how often harm is shown."""
    rng = np.random.default_rng([seeds, round(10 * shared), 1])
    effect = findable(rng, seeds, shared)
    errors = studies(rng, count, seeds, shared, np.array([0.0] * (len(KS) - 1) + [effect]))
    return effect, float(np.mean([shown(study) in ("harm", "both") for study in errors]))


def allowed(count: int) -> float:
    """5 % and two standard errors of so many studies."""
    return 0.05 + 2 * float(np.sqrt(0.05 * 0.95 / count))


def made_up(folder: Path, count: int = RECORDS) -> Path:
    """A study of so many records, in which adding does nothing."""
    seeds = count // (2 * len(KS) + 2)
    return write(folder, records(none, KS, seeds, samplings=("proportional", "balanced"), sizes=(16, 32)))


def timed() -> float:
    """Seconds of 600 records with 1000 draws, from the columns of the study."""
    with tempfile.TemporaryDirectory() as folder:
        study = made_up(Path(folder) / "made")
        addition_study(study, resamples=2)  # the columns are made once
        start = time.perf_counter()
        addition_study(study, resamples=DRAWS)
        return time.perf_counter() - start


def main() -> int:
    """Print the tables; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=400)
    count, missed = parser.parse_args().studies, False
    print(f"{count} studies of k = {', '.join(map(str, KS))}; allowed: {allowed(count):.1%} false alarms")
    print("seeds  shared  false alarms   effect [SD of a training]  harm shown")
    for seeds, shared in DESIGNS:
        rate, (effect, seen) = false_alarms(count, seeds, shared), power(count, seeds, shared)
        missed |= rate > allowed(count)
        print(f"{seeds:5d}  {shared:6.1f}  {rate:12.1%}  {effect / SPREAD:26.2f}  {seen:10.1%}")
    seconds = timed()
    missed |= seconds > GOAL_S
    print(f"segaug addition on {RECORDS} records with {DRAWS} draws: {seconds:.2f} s (goal {GOAL_S:g} s)")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
