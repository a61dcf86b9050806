"""What published learning curves of segmentation with little data can tell, by the rules of `segaug fit`.

Run: python benchmarks/published_curves.py

Sources: Hu and Shi, "Inpainting is All You Need" (AugPaint): Dice by labelled cases; its cells for ACDC with 2 cases
and ISIC with 20 differ between its own tables.  Roy et al., arXiv 2507.19575 (PMLR 315:3797-3826): Dice along growing
shares of a second data set, read off a figure to 0.3 points.  Each number counts as one training: no spread is given.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from segaug.analysis.comparison.equivalent_by_interpolation import sizes_between
from segaug.analysis.comparison.ratio_of_means import log_ratio
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.fitting import fit_table
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.shape import isotonic, non_monotone
from segaug.analysis.law.solver import solve

AUGPAINT = {  # labelled cases -> Dice in per cent
    "ACDC": ((1, 2, 5), {"U-Net": (20.54, 31.33, 52.24), "random augmentation": (24.67, 31.85, 61.05),
                         "UniMatch": (35.48, 39.23, 64.56), "AugPaint": (42.42, 46.15, 77.73)}),
    "BraTS": ((1, 2, 5), {"U-Net": (25.69, 34.59, 37.97), "random augmentation": (30.10, 33.39, 38.45),
                          "UniMatch": (28.09, 35.87, 38.26), "AugPaint": (35.19, 39.60, 41.85)}),
    "Synapse": ((1, 2, 5), {"U-Net": (21.07, 24.79, 55.51), "random augmentation": (21.81, 34.37, 60.28),
                            "UniMatch": (27.72, 38.58, 58.71), "AugPaint": (40.83, 55.34, 68.40)}),
    "ISIC": ((10, 20, 50), {"U-Net": (71.87, 75.56, 78.45), "random augmentation": (72.91, 76.68, 79.53),
                            "UniMatch": (73.18, 77.30, 79.87), "AugPaint": (77.58, 80.46, 82.14)}),
}  # fmt: skip
QUOTED_GAINS = {"ACDC": 20.40, "BraTS": 6.13, "Synapse": 21.07, "ISIC": 4.77}  # of AugPaint over the U-Net, mean
ADDITION = Path(__file__).parents[1] / "docs" / "published_addition.csv"  # also for `segaug addition`
SPREAD = 2.0  # Dice points between two trainings of one setting, assumed: nobody has published it


def addition_curves() -> dict[str, dict[str, tuple[float, ...]]]:
    """Base and added set -> method -> Dice in per cent along growing shares of the added set."""
    table = pd.read_csv(ADDITION)
    return {
        str(task): {
            str(method): tuple(of_method["Dice [%]"]) for method, of_method in rows.groupby("curve", sort=False)
        }
        for task, rows in table.groupby("task", sort=False)
    }


def errors(dice: tuple[float, ...]) -> Array:
    """1 - Dice."""
    return 1 - np.array(dice) / 100


def few_cases() -> None:
    """AugPaint's table: what a law through three single trainings is worth."""
    rows = [
        {"curve": f"{task}, {method}", "N": size, "seed": 0, "error": error}
        for task, (sizes, methods) in AUGPAINT.items()
        for method, dice in methods.items()
        for size, error in zip(sizes, errors(dice), strict=True)
    ]
    print('"Inpainting is All You Need": 1 - Dice by labelled cases, one training each')
    print(f"{'curve':30s}{'b':>6s}{'floor':>8s}   if each Dice moves by {SPREAD:g} points: b, Dice at 4 Nmax")
    fits = fit_table(pd.DataFrame(rows))
    for fit in fits:
        print(_law_line(fit))
    print(f"verdict on all {len(fits)}: {_only({fit.verdict.reason for fit in fits})}")
    print(f"notes on all: {_only({fit.note for fit in fits if fit.fit and fit.fit.law.c == 0})}")
    for task, (sizes, methods) in AUGPAINT.items():
        print(_gain_line(task, np.array(sizes, dtype=float), methods))
    print(
        "So: AugPaint is ahead of all three others in every cell.  How error falls with N (b, a floor, where methods\n"
        "meet) cannot be read from three sizes, and without a second seed no gain has an interval.\n"
    )


def _law_line(found: CurveFit) -> str:
    if found.fit is None:
        raise ValueError(f"{found.key}: no law through three sizes")
    law, data = found.fit.published.law, found.fit.data
    shifts = SPREAD / 100 * np.array(list(product((-1, 0, 1), repeat=len(data.sizes))))
    moved = solve(data.sizes, data.means + shifts, np.ones(len(data.sizes)), polish=True)
    dice = 100 * (1 - moved.predict([4 * data.sizes[-1]])[:, 0])
    return (
        f"{found.key!s:30s}{law.b:6.2f}{100 * law.c:8.1f}"
        f"   {moved.b.min():.2f} to {moved.b.max():.2f}, {dice.min():.0f} to {dice.max():.0f}"
    )


def _gain_line(task: str, sizes: Array, methods: dict[str, tuple[float, ...]]) -> str:
    """Mean gain beside the quoted one, and the U-Net's cases for AugPaint's Dice, between its points."""
    plain, ours = errors(methods["U-Net"]), errors(methods["AugPaint"])
    gain = 100 * float((plain - ours).mean())
    cases = sizes_between(sizes, plain[None], ours[None])[0]
    needed = [f"{n:.1f}" if np.isfinite(n) else f"over {sizes[-1]:g}" for n in cases]
    return (
        f"{task:8s} mean gain over the U-Net {gain:5.2f} points (quoted {QUOTED_GAINS[task]:5.2f}); "
        f"the U-Net needs {', '.join(needed)} cases for what AugPaint has with {', '.join(f'{n:g}' for n in sizes)}"
    )


def addition() -> None:
    """Roy et al.: what curves along an added data set show."""
    print("arXiv 2507.19575: Dice along growing shares of a second data set, one training each")
    for task, methods in addition_curves().items():
        print(f"{task:24s}{'':>8s}{'largest':>9s}{'off a rising':>14s}   falls beyond chance if trainings vary by")
        print(f"{'':24s}{'falls':>8s}{'fall':>9s}{'curve, RMS':>14s}   1 point    2 points   4 points")
        for method, dice in methods.items():
            print(_addition_line(method, errors(dice)))
        print(_against(methods))
    print(
        "So: there is no N to fit: the added images come from another source, and how many they are is not given.\n"
        "No curve rises throughout.  On histology no fall exceeds what trainings that vary by 1 point would show:\n"
        "neither harm nor benefit of adding data is shown.  On ultrasound Dice falls by 19 points with the first\n"
        "added images, beyond any such spread, but other neighbours differ by up to 14 points: how much of it is the\n"
        "data, and how much one unlucky training, needs seeds."
    )


def _addition_line(method: str, error: Array) -> str:
    steps, weights = np.diff(error), np.eye(len(error))
    off = 100 * float(np.sqrt(np.mean((error - isotonic(error, weights)) ** 2)))
    beyond = ["yes" if non_monotone(error, weights / (points / 100) ** 2) else "no" for points in (1, 2, 4)]
    return (
        f"  {method:22s}{(steps > 0).sum():3d} of {len(steps)}{100 * steps.max():8.1f}{off:14.1f}"
        f"   {beyond[0]:11s}{beyond[1]:11s}{beyond[2]}"
    )


def _against(methods: dict[str, tuple[float, ...]]) -> str:
    """The proposed method against no extra loss, share by share; the shares stand in for seeds that were not run."""
    found = log_ratio(*(errors(methods[name])[:, None] for name in ("no extra loss", "exchangeable")))
    if found.interval is None:
        raise ValueError("two curves that differ nowhere")
    ratio, low, high = np.exp([found.mean, found.interval.low, found.interval.high])
    return (
        f"  exchangeable against no extra loss: mean 1 - Dice x {ratio:.2f} [{low:.2f}, {high:.2f}] over {found.pairs} "
        f"shares, paired t p = {found.p_t:.3f};\n  shares have most images in common: no word on other data"
    )


def _only(texts: set[str]) -> str:
    return " / ".join(sorted(texts))


if __name__ == "__main__":
    few_cases()
    addition()
