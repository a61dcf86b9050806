"""Time of a bootstrapped curve: our solver beside a loop over scipy's bounded curve_fit.

Run: python benchmarks/fit.py [--resamples 1000] [--sizes 8]
"""

import argparse
import time
import warnings

import numpy as np
from scipy.optimize import curve_fit

from segaug.analysis.bootstrap import resampled_means
from segaug.analysis.solver import B_MAX, B_MIN, solve


def resamples(count: int, sizes: np.ndarray, seeds: int = 20) -> np.ndarray:
    """Mean vectors of resampled seeds of one noisy curve: (count, sizes)."""
    rng = np.random.default_rng(0)
    values = (0.5 * sizes**-0.6 + 0.05) * np.exp(0.1 * rng.standard_normal((seeds, len(sizes))))
    return resampled_means(values, rng.multinomial(seeds, [1 / seeds] * seeds, count).astype(float))


def peer(sizes: np.ndarray, means: np.ndarray) -> np.ndarray:
    """One scipy fit a resample, from one sensible start; returns the residual sums of squares."""

    def law(n: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
        return a * n**-b + c

    rss = np.empty(len(means))
    for row, y in enumerate(means):
        found, _ = curve_fit(law, sizes, y, (y[0], 0.5, 0.01), bounds=([0, B_MIN, 0], [np.inf, B_MAX, np.inf]))
        rss[row] = ((y - law(sizes, *found)) ** 2).sum()
    return rss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sizes", type=int, default=8)
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # scipy warns where a covariance does not exist; nobody asks for it here

    sizes = 2.0 ** np.arange(args.sizes)
    means = resamples(args.resamples, sizes)
    ones = np.ones(len(sizes))
    solve(sizes, means[:10], ones)  # load libraries before the clock starts
    ours_s = []
    for _ in range(7):
        start = time.perf_counter()
        laws = solve(sizes, means, ones)
        ours_s.append(time.perf_counter() - start)
    start = time.perf_counter()
    peer_rss = peer(sizes, means)
    peer_s = time.perf_counter() - start

    excess = ((means - laws.predict(sizes)) ** 2).sum(axis=1) / peer_rss - 1
    ours = float(np.median(ours_s))
    print(f"{args.resamples} resamples of {args.sizes} sizes")
    print(f"ours   {1e3 * ours:9.1f} ms")
    print(f"scipy  {1e3 * peer_s:9.1f} ms   ratio {peer_s / ours:.0f}")
    print(f"our objective over scipy's: from {excess.min():+.1e} to {excess.max():+.1e}")


if __name__ == "__main__":
    main()
