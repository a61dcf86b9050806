"""Time of a fitted curve, of 120 of them, and of 1,000 resamples beside loops over scipy's curve_fit, in one run.

Run: taskset -c 0 python benchmarks/fit.py [--resamples 1000] [--rounds 7]

CPU time of one thread, best of the rounds, 20 seeds.  A curve is everything that `segaug fit` says about it: published
and weighted fit, profile intervals, both bands, lack of fit, hold-out check, verdicts, and the laws of 1,000 resamples.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from time import process_time

import numpy as np
import pandas as pd
from coverage_parts.scipy_fit import ScipyFit
from coverage_parts.table import Band, Cell, Row, Table
from coverage_parts.trials import Noise, generator
from coverage_parts.truths import DESIGNS, WIDE, Design, Truth

from segaug.analysis.curves.fitting import fit_table
from segaug.analysis.curves.population import seed_laws
from segaug.analysis.law.fit import Fit, fit_curve
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import draw_seeds, resampled_means
from segaug.analysis.law.solver import rss, solve

SEEDS = 20
CURVES = (1, 12, 120)
GOAL_MS, GOAL_S, GOAL_LINEAR, GOAL_RATIO = Band(high=12), Band(high=2), Band(high=1.2), Band(150)
NEVER_ABOVE, CHI2_ABOVE = Band(high=1e-6), Band(high=1e-5)  # our objective over scipy's: relative, of resamples


def trials(design: Design, curve: int = 0) -> Array:
    """(S, m)."""
    truth = Truth(0.5, 0.2).law(design).predict(design.sizes)
    return Noise(SEEDS).draw(generator("fit", design, curve), design.sizes, truth)


def milliseconds(arm: Callable[[], object], rounds: int) -> float:
    """Best of the rounds; one more fills caches."""
    times = []
    for _ in range(rounds + 1):
        start = process_time()
        arm()
        times.append(process_time() - start)
    return 1e3 * min(times[1:])


def everything(sizes: Array, values: Array, resamples: int) -> Fit:
    """One curve, and its intervals, which are computed when they are asked for."""
    fit = fit_curve(sizes, values)
    law = fit.default
    _ = law.b, law.floor, law.floor_share, law.slope, law.drop, law.error(sizes[-1]), law.band, fit.p_no_floor
    seed_laws(law.data.sizes, values, law.data.precision, draw_seeds(range(SEEDS), "fit", resamples).counts)
    return fit


def one_curve(resamples: int, rounds: int) -> Table:
    rows = []
    for design in DESIGNS:
        sizes, values = design.sizes, trials(design)
        data = weighted_means(sizes, values)
        counts = draw_seeds(range(SEEDS), "fit", resamples).counts
        fitted = milliseconds(lambda s=sizes, v=values: fit_curve(s, v), rounds)
        laws = milliseconds(lambda d=data, v=values, c=counts: seed_laws(d.sizes, v, d.precision, c), rounds)
        whole = milliseconds(lambda s=sizes, v=values: everything(s, v, resamples), rounds)
        cells = Cell(f"{fitted:.1f}"), Cell(f"{laws:.1f}"), Cell(f"{whole:.1f}", whole, GOAL_MS)
        rows.append(Row((str(design),), cells))
    return Table(f"One curve, ms, {resamples} resamples", ("sizes", "fit", "resamples", "everything"), rows)


def many_curves(resamples: int, rounds: int) -> Table:
    sizes, values = WIDE.sizes, [trials(WIDE, curve) for curve in range(max(CURVES))]
    rows, first = [], 0.0
    for count in CURVES:
        table = pd.concat([_rows(f"curve {number}", values[number]) for number in range(count)])
        fewer = max(rounds // count, 2)
        bare = milliseconds(lambda n=count: [everything(sizes, one, resamples) for one in values[:n]], fewer) / 1e3
        study = milliseconds(lambda t=table: fit_table(t, resamples=resamples), fewer) / 1e3
        first = first or bare
        linear = bare / (count * first)
        last = count == max(CURVES)
        cells = (
            Cell(f"{bare:.3f}", bare, GOAL_S if last else None),
            Cell(f"{linear:.2f}", linear, GOAL_LINEAR if last else None),
            Cell(f"{study:.3f}"),
        )
        rows.append(Row((str(count),), cells))
    return Table(f"Curves of {WIDE}, s", ("curves", "everything", "of linear", "fit_table"), rows)


def _rows(name: str, values: Array) -> pd.DataFrame:
    seed, size = np.indices(values.shape)
    columns = {"seed": seed.ravel(), "N": WIDE.sizes[size.ravel()].astype(int), "error": values.ravel()}
    return pd.DataFrame({"curve": name, **columns})


def beside_scipy(resamples: int, rounds: int) -> Table:
    """The same resampled means, weights and bounds."""
    rows = []
    for design in DESIGNS:
        values, sizes = trials(design), design.sizes
        weights = np.diag(weighted_means(sizes, values).precision)
        means = resampled_means(values, draw_seeds(range(SEEDS), "fit", resamples).counts)
        ours_ms = milliseconds(lambda s=sizes, m=means, w=weights: solve(s, m, w), rounds)
        ours = rss(solve(sizes, means, weights), sizes, means, weights)
        for peer in PEERS:
            start = process_time()
            laws, theirs = peer.fit(sizes, means, weights)
            peer_ms = 1e3 * (process_time() - start)
            times = ours_ms, peer_ms, peer_ms / ours_ms
            rows.append(Row((str(design), peer.name), _cells(peer, times, ours - theirs, laws)))
    columns = ("sizes", "scipy's", "ours, ms", "scipy, ms", "ratio", "chi2 above", "gave up", "c < 0")
    note = "chi2 above: largest excess of our objective, whose unit is the variance of the means."
    return Table(f"{resamples} weighted fits beside a loop over scipy.optimize.curve_fit", columns, rows, (note,))


def _cells(peer: ScipyFit, times: tuple[float, float, float], excess: Array, laws: Array) -> tuple[Cell, ...]:
    ours_ms, peer_ms, ratio = times
    above = float(np.nanmax(excess))
    return (
        Cell(f"{ours_ms:.1f}"),
        Cell(f"{peer_ms:.0f}"),
        Cell(f"{ratio:.0f}", ratio, GOAL_RATIO if peer.bounded else None),
        Cell(f"{above:.0e}", above, CHI2_ABOVE) if peer.bounded else Cell(""),
        Cell(str(np.isnan(excess).sum())),
        Cell(str((laws[:, 2] < 0).sum())),
    )


def objectives() -> Table:
    """Point fits of random laws, unweighted; some are flat, some have no floor."""
    rows = []
    for design in DESIGNS:
        rng, sizes = generator("objectives", design), design.sizes
        truths = [Truth(float(np.exp(rng.uniform(-3, 1))), float(rng.choice([0, 1, rng.random()]))) for _ in range(200)]
        means = np.array([Noise(5).draw(rng, sizes, t.law(design).predict(sizes)).mean(axis=0) for t in truths])
        weights = np.ones(len(sizes))
        ours = rss(solve(sizes, means, weights, polish=True), sizes, means, weights)
        for peer in (ScipyFit("one start", True), ScipyFit("best of 5 starts", True, (0.1, 0.3, 0.6, 1.0, 2.0))):
            theirs = peer.fit(sizes, means, weights)[1]
            above = float(np.nanmax(ours / theirs - 1))
            worse = [Cell(str((theirs > (1 + share) * ours).sum())) for share in (1e-6, 1e-3, 0.1)]
            cells = Cell(f"{above:+.0e}", above, NEVER_ABOVE), *worse, Cell(str(np.isnan(theirs).sum()))
            rows.append(Row((str(design), peer.name), cells))
    columns = ("sizes", "scipy's", "ours above by", "scipy worse by 1e-6", "by 0.1 %", "by 10 %", "gave up")
    return Table("Objective of 200 random curves, S = 5, beside bounded scipy.optimize.curve_fit", columns, rows)


PEERS = (ScipyFit("bounded", True), ScipyFit("unbounded", False))


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    for timed in (one_curve, many_curves, beside_scipy):
        print(f"{timed(args.resamples, args.rounds)}\n", flush=True)
    print(objectives())


if __name__ == "__main__":
    main()
