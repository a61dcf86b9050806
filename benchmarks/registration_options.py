"""What the options of registration are worth: Dice of real pairs, with each option changed alone.

Run: python benchmarks/registration_options.py [--draw tune]   needs $SEGAUG_DATA; docs/decisions/0008-registration.md

Options are chosen on `--draw tune`, whose subjects never occur in the draw that is reported. "|w|" is the mean length
of the whitened momenta: what mixtures of them have to vary.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")  # read when torch is loaded

from argparse import ArgumentParser
from pathlib import Path
from time import process_time

import torch
from registration_parts.pair import Pair, Stacked, stack
from registration_parts.scores import mean_dice
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from torch import Tensor

from segaug.deform.warp import warp
from segaug.errors import UserError
from segaug.registration.affine import affine_field_px, align, followed_by
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import displacement_px

OPTIONS = {
    "defaults": Lddmm(),
    "affine": Lddmm(affine=True),
    "sigma=2": Lddmm(sigma=2.0),
    "sigma=4": Lddmm(sigma=4.0),
    "ell=0.07": Lddmm(ell=0.07),
    "ell=0.14": Lddmm(ell=0.14),
    "k=5": Lddmm(k=5),
    "k=12": Lddmm(k=12),
    "similarity=ssd sigma=0.5": Lddmm(similarity="ssd", sigma=0.5),
}
COLUMNS = ("Dice", "CPU ms", "guarded", "min J", "|w|")


@torch.no_grad()
def compare(title: str, pairs: list[Pair]) -> None:
    """Print a table of one set of pairs."""
    data = stack(pairs)
    size = (data.fixed.shape[2], data.fixed.shape[3])
    register(data.moving[:1], data.fixed[:1], Lddmm())  # what is made once and kept is not timed
    print(f"{title}, {len(pairs)} pairs")
    _print("", COLUMNS)
    _print("not registered", [_dice(data, torch.zeros(len(pairs), 2, *size))])
    _print("affine alone", [_dice(data, affine_field_px(align(data.moving, data.fixed), size))])
    for name, lddmm in OPTIONS.items():
        start = process_time()
        found = register(data.moving, data.fixed, lddmm)
        ms = 1e3 * (process_time() - start) / len(pairs)
        field = followed_by(displacement_px(found.momentum, found.modes, size), found.affine)
        guarded, length = int((found.guard_factor < 1).sum()), found.momentum.flatten(1).norm(dim=1).mean()
        _print(
            name, [_dice(data, field), f"{ms:.0f}", f"{guarded}", f"{found.min_jacobian.min():.2f}", f"{length:.3f}"]
        )


def _dice(data: Stacked, field: Tensor) -> str:
    label = warp(data.moving_label, field, mode="nearest", padding="border")
    return f"{mean_dice(label, data.fixed_label).mean():.3f}"


def _print(name: str, cells: list[str] | tuple[str, ...]) -> None:
    print(f"  {name:26}" + "".join(f"{cell:>9}" for cell in cells))


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--draw", choices=["tune", "report"], default="report")
    draw = parser.parse_args().draw
    if not os.environ.get("SEGAUG_DATA"):
        raise SystemExit("without real pairs: SEGAUG_DATA names no folder")
    data = Path(os.environ["SEGAUG_DATA"])
    for title, pairs in (("hippocampus", hippocampus_pairs), ("heart", cardiac_pairs)):
        compare(f"{title} ({draw})", pairs(data, draw))


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        raise SystemExit(f"error: {error}") from error
