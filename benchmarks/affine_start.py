"""What an affine start is worth to registration: Dice of real pairs before, with either part, and with both.

Run: python benchmarks/affine_start.py [--draw tune]   needs $SEGAUG_DATA; cited by docs/decisions/0008-registration.md

"momentum" is the length of the whitened momentum: what a mixture of momenta still has to vary once pose is taken out.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")  # read when torch is loaded

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from time import process_time

import torch
from registration_parts.pair import Pair, stack
from registration_parts.scores import mean_dice
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from torch import Tensor

from segaug.deform.warp import warp
from segaug.errors import UserError
from segaug.registration.affine import affine_field_px, align, followed_by
from segaug.registration.lddmm import Lddmm, Registered, register
from segaug.registration.maps import displacement_px

COLUMNS = ("", "Dice", "CPU ms", "guarded", "momentum")
Row = tuple[str, Callable[[], tuple[Tensor, Registered | None]]]  # a name, and what gives the field [px]


def rows(moving: Tensor, fixed: Tensor) -> list[Row]:
    """The four ways; fields are (B, 2, H, W)."""
    size = (moving.shape[2], moving.shape[3])

    def registered(affine: bool) -> tuple[Tensor, Registered]:
        found = register(moving, fixed, Lddmm(affine=affine))
        return followed_by(displacement_px(found.momentum, found.modes, size), found.affine), found

    return [
        ("before", lambda: (moving.new_zeros(len(moving), 2, *size), None)),
        ("affine", lambda: (affine_field_px(align(moving, fixed), size), None)),
        ("momentum", lambda: registered(affine=False)),
        ("affine and momentum", lambda: registered(affine=True)),
    ]


@torch.no_grad()
def compare(title: str, pairs: list[Pair]) -> None:
    """Print a table of one set of pairs."""
    data = stack(pairs)
    print(f"{title}, {len(pairs)} pairs\n{COLUMNS[0]:20}" + "".join(f"{name:>15}" for name in COLUMNS[1:]))
    for name, found_by in rows(data.moving, data.fixed):
        start = process_time()
        field, found = found_by()
        ms = 1e3 * (process_time() - start) / len(pairs)
        label = warp(data.moving_label, field, mode="nearest", padding="border")
        cells = [f"{mean_dice(label, data.fixed_label).mean():.3f}", f"{ms:.0f}", "", ""]
        if found is not None:
            cells[2:] = [
                f"{int((found.guard_factor < 1).sum())}",
                f"{found.momentum.flatten(1).norm(dim=1).mean():.3f}",
            ]
        print(f"{name:20}" + "".join(f"{cell:>15}" for cell in cells))


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
