"""What RegDA shoots in training: how far off its maps are, how many are shot in full, and how long that takes.

Run: SEGAUG_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/shooting.py

Mixtures of three registrations of one image each, as RegDA draws them, and the registrations by themselves, on pairs
that no parameter was chosen on.  Beside each other: particles that start where the baseline's matrix looks, and the map
shot with more particles and composed at full size; both guarded.  CPU time of a batch of 8, by turns, median and best.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch
from registration_parts.pair import stack
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.guard import DRIFT, MARGIN, guarded_displacement_px, guarded_field
from segaug.augment.mixture import draw_mixture, mixed_momentum
from segaug.batch import Batch
from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import displacement_px
from segaug.registration.modes import Modes
from segaug.rng import stream

SETS = {"hippocampus, 64 x 64": (hippocampus_pairs, 64), "hearts, 256 x 256": (cardiac_pairs, 256)}
IMAGES, OTHERS, ROWS, LIMIT, ROUNDS = 3, 12, 48, 0.05, 15


def momenta(pairs: Callable) -> dict[str, Tensor]:
    """Whitened momenta of a few images to others: (B, 2, n, n) of mixtures, and as they are."""
    found = stack(pairs(Path(os.environ["SEGAUG_DATA"]), "report"))
    moving = found.moving[:IMAGES].repeat_interleave(OTHERS, 0)
    single = register(moving, found.fixed[:OTHERS].repeat(IMAGES, 1, 1, 1), Lddmm()).momentum
    mixture = draw_mixture(ROWS, OTHERS, 3, 1.0, (1.0, 1.0), stream(0, "benchmark"))
    of_image = single.unflatten(0, (IMAGES, OTHERS))[torch.arange(ROWS) % IMAGES]
    return {
        "mixtures": mixed_momentum(of_image[torch.arange(ROWS)[:, None], mixture.chosen], mixture),
        "registrations": single,
    }


def in_full(momentum: Tensor, modes: Modes, limit: float, matrix: Tensor) -> Tensor:
    """The map of more particles, composed at full size."""
    return compose_px(guarded_displacement_px(momentum, modes, limit), affine_px(matrix, modes.size))


def ms(arms: dict[str, Callable[[], object]]) -> dict[str, str]:
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(ROUNDS):
        for name, arm in arms.items():
            start = process_time()
            arm()
            times[name].append(1e3 * (process_time() - start))
    return {name: f"{median(each[1:]):.2f} ({min(each):.2f})" for name, each in times.items()}


def main() -> None:
    torch.set_num_threads(1)
    print(
        f"guard at {LIMIT}, in full above it by less than {MARGIN} among the particles, or where the "
        f"energy drifts by more than {DRIFT}; one thread"
    )
    for title, (pairs, side) in SETS.items():
        modes = Modes((side, side))
        for what, momentum in momenta(pairs).items():
            rows = len(momentum)
            blank = torch.zeros(rows, 1, side, side)
            batch = Batch(blank, blank, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long))
            matrix = Baseline().sample(batch, None, stream(0, "matrix")).matrix
            fast, full = (
                guarded_field(momentum, modes, LIMIT, matrix).dense_px(),
                in_full(momentum, modes, LIMIT, matrix),
            )
            off = (fast - full).norm(dim=1).mean((1, 2))
            smallest = min_jacobian(displacement_px(momentum, modes, modes.size))
            first = momentum[:8], modes, LIMIT, matrix[:8]
            took = ms({"fast": partial(guarded_field, *first), "full": partial(in_full, *first)})
            folded = int((min_jacobian(fast) * matrix.det().sign() <= 0).sum())  # a mirrored map turns every sign
            print(
                f"{title}, {what}: off by {off.mean():.4f} px, the worst row by {off.max():.4f}; in full "
                f"{int((off == 0).sum())} of {rows}, folded {folded}, smallest determinant {smallest.min():.2f}; "
                f"{took['fast']} ms beside {took['full']}"
            )


if __name__ == "__main__":
    main()
