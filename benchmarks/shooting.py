"""What RegDA shoots in training: how far off its maps are, how many are shot in full, and how long that takes.

Run: SEGAUG_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/shooting.py

Mixtures of three registrations of one image each, as RegDA draws them; the same followed for up to 2.5 units of time,
which the guard is there for; and the registrations by themselves.  Real pairs that no parameter was chosen on, and
generated ones, which are further apart.  Beside each other: particles that start where the baseline's matrix looks, and
the map shot with more particles and composed at full size; both guarded.  CPU time of a batch of 8, by turns, median
and best.  Then what the two signs are worth that send a row to be shot in full: how far off the worst row would be
without either, and by how much few particles miss the smallest determinant of the pixels, above the limit.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch
from registration_parts.pair import Draw, Pair, stack
from registration_parts.phantoms import phantom_pairs
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.guard import (
    CELLS,
    DRIFT,
    MARGIN,
    PARTICLES,
    energy_drift,
    guarded_displacement_px,
    guarded_field,
)
from segaug.augment.mixture import draw_mixture, mixed_momentum
from segaug.batch import Batch
from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import displacement_px, seen_from
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot
from segaug.rng import stream

IMAGES, OTHERS, ROWS, LIMIT, ROUNDS = 3, 12, 48, 0.05, 15
LONGEST = 2.5  # of the time that a mixture is followed


def real(pairs: Callable[[Path, Draw], list[Pair]]) -> tuple[Tensor, Tensor]:
    found = stack(pairs(Path(os.environ["SEGAUG_DATA"]), "report"))
    return found.moving[:IMAGES], found.fixed[:OTHERS]


def generated(side: int) -> tuple[Tensor, Tensor]:
    found = stack(phantom_pairs("report", side))
    return found.moving[:IMAGES], found.fixed[:OTHERS]


SETS = {
    "hippocampus, 64 x 64": (partial(real, hippocampus_pairs), 64),
    "hearts, 256 x 256": (partial(real, cardiac_pairs), 256),
    "generated, 64 x 64": (partial(generated, 64), 64),
    "generated, 256 x 256": (partial(generated, 256), 256),
}


def momenta(images: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    """Whitened momenta of a few images to others: (B, 2, n, n) of mixtures, of long ones, and as they are."""
    moving, others = images
    each, all_others = moving.repeat_interleave(OTHERS, 0), others.repeat(IMAGES, 1, 1, 1)
    single = register(each, all_others, Lddmm()).momentum
    of_image = single.unflatten(0, (IMAGES, OTHERS))[torch.arange(ROWS) % IMAGES]

    def mixtures(longest: float) -> Tensor:
        mixture = draw_mixture(ROWS, OTHERS, 3, 1.0, (1.0, longest), stream(0, "benchmark"))
        return mixed_momentum(of_image[torch.arange(ROWS)[:, None], mixture.chosen], mixture)

    return {"mixtures": mixtures(1.0), f"mixtures, time up to {LONGEST}": mixtures(LONGEST), "registrations": single}


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


def seen_through(momentum: Tensor, modes: Modes, limit: float, matrix: Tensor) -> Tensor:
    """The map of few particles, spelt out."""
    return guarded_field(momentum, modes, limit, matrix).dense_px()


def off_px(field: Tensor, other: Tensor) -> Tensor:
    return (field - other).norm(dim=1).mean((1, 2))


def signs(momentum: Tensor, modes: Modes, matrix: Tensor, in_pixels: Tensor) -> str:
    """in_pixels: smallest determinants."""
    path = shoot(momentum, modes, 2)
    field, looked = seen_from(path, modes, matrix, PARTICLES, min(CELLS, max(modes.size)))
    off = off_px(
        field.dense_px(), compose_px(displacement_px(momentum, modes, modes.size), affine_px(matrix, modes.size))
    )
    drifts, above = energy_drift(path) > DRIFT, looked >= LIMIT + MARGIN
    missed = (looked - in_pixels)[above & ~drifts].clamp_min(0).max()
    return (
        f"in full {int((drifts | ~above).sum())} of {len(momentum)}: energy drifts in {int(drifts.sum())}, strained "
        f"are {int((~above).sum())}; two steps for all: worst row off by {off.max():.4f} px, "
        f"where no energy drifts {off[~drifts].max():.4f}; particles miss {missed:.3f} at most"
    )


def main() -> None:
    torch.set_num_threads(1)
    print(
        f"guard at {LIMIT}; in full above it by less than {MARGIN} among the particles, or where the energy drifts by "
        f"more than {DRIFT}; one thread"
    )
    for title, (images, side) in SETS.items():
        modes = Modes((side, side))
        for what, momentum in momenta(images()).items():
            rows = len(momentum)
            blank = torch.zeros(rows, 1, side, side)
            batch = Batch(blank, blank, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long))
            matrix = Baseline().sample(batch, None, stream(0, "matrix")).matrix
            fast, full = (
                seen_through(momentum, modes, LIMIT, matrix),
                in_full(momentum, modes, LIMIT, matrix),
            )
            off = off_px(fast, full)
            in_pixels = min_jacobian(displacement_px(momentum, modes, modes.size))
            first = momentum[:8], modes, LIMIT, matrix[:8]
            took = ms({"fast": partial(seen_through, *first), "full": partial(in_full, *first)})
            folded = int((min_jacobian(fast) * matrix.det().sign() <= 0).sum())  # a mirrored map turns every sign
            print(
                f"{title}, {what}: off by {off.mean():.4f} px, the worst row by {off.max():.4f}; folded {folded}, "
                f"smallest determinant {in_pixels.min():.2f}; {took['fast']} ms beside {took['full']}\n"
                f"    {signs(momentum, modes, matrix, in_pixels)}"
            )


if __name__ == "__main__":
    main()
