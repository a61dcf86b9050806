"""What topology-aware augmentation adds to a training step, and on a GPU how many pairs are registered per second.

Run: taskset -c 0 python benchmarks/topology.py [--side 256] [--batch 8] [--rounds 7]     CPU time of one thread
     python benchmarks/topology.py --device cuda                              wall time, the device waited for

A batch with one label: nnunet's update (forward, backward, Adam) in turns with the augmentations, which start from
momenta that are registered beforehand. "alone" leaves out the baseline that runs after each strategy, and so is what
the strategy itself costs: drawing, mixing and shooting (or generating), guarding, warping image and label.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", MKL_CBWR="AUTO")  # as in a study

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter, process_time

import torch
from bench_parts.row import Row
from bench_parts.turns import both, in_turns
from network import training_step
from registration_parts.pair import stack
from registration_parts.phantoms import phantom_pairs
from torch import Tensor

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augment import augment
from segaug.augment.baseline import own_stages
from segaug.augment.genda.options import Gan
from segaug.augment.genda.strategy import GenDA
from segaug.augment.red import RandomElastic
from segaug.augment.regda import RegDA
from segaug.augment.smooth_random import SmoothRandom
from segaug.augment.strategy import Allowed, PrepareContext, Prepared, Strategy
from segaug.batch import Batch
from segaug.contract.learning import named
from segaug.models.nnunet import NnUnet
from segaug.registration.lddmm import Lddmm, register
from segaug.rng import stream
from segaug.training.objective import Objective

BATCHES = (32, 128, 512)  # of registrations
Arm = Callable[[], object]


def chests_and_hearts(side: int, device: str) -> tuple[Batch, Tensor]:
    """8 images with one structure each, and 8 external images."""
    pairs = stack(phantom_pairs("tune", side))
    label = (pairs.moving_label == 3).float()
    batch = Batch(pairs.moving, label, torch.arange(len(label)), torch.ones(len(label), 2), torch.zeros(len(label)))
    return batch.to(device), pairs.fixed.to(device)


def prepared(strategy: Strategy, batch: Batch, external: Tensor) -> Prepared:
    """What a strategy learns or registers before it trains."""
    allowed = Allowed(external=external)
    context = PrepareContext(
        subset=batch,
        allowed=allowed,
        decides={},
        objective=Objective(),
        build_model=NnUnet().build,
        train_segmentation=_not_needed,
        rng=partial(stream, 0, "benchmark"),
        obtain=lambda artefact: artefact.make(None, quiet, unkept),
        **named(batch, allowed),
    )
    return strategy.prepare(context)


def augmentations(batch: Batch, external: Tensor) -> dict[str, Arm]:
    """Each strategy as it trains, and what it does by itself."""
    arms: dict[str, Arm] = {}
    strategies: Mapping[str, Strategy] = {
        "RED": RandomElastic(),
        "SmoothRandom": SmoothRandom(external=8),
        "RegDA": RegDA(external=8),
        "RegDA without guard": RegDA(external=8, min_jacobian=None),
        "GenDA": GenDA(external=8, gan=Gan(steps=2)),  # a generator that has learned nothing takes as long
    }
    for name, strategy in strategies.items():
        ready = prepared(strategy, batch, external)
        arms[name] = steps_of(strategy.stages(), ready, batch)
        arms[f"{name}, alone"] = steps_of(own_stages(strategy), ready, batch)
    return arms


def steps_of(stages: tuple[Strategy, ...], prepared: Prepared, batch: Batch) -> Arm:
    """Augmentation with new draws at every call."""
    step = count()
    return lambda: augment(stages, prepared, batch, partial(stream, 0, "augment", next(step)))


def _not_needed(subset: Batch, strategy: Strategy | None) -> torch.nn.Module:
    raise NotImplementedError("no strategy here trains a segmenter first")


def milliseconds(arm: Arm, device: str) -> float:
    """CPU time, or on a GPU the time until it has finished."""
    if device == "cpu":
        start = process_time()
        arm()
        return 1e3 * (process_time() - start)
    torch.cuda.synchronize()
    start = perf_counter()
    arm()
    torch.cuda.synchronize()
    return 1e3 * (perf_counter() - start)


def interleaved_ms(arms: Mapping[str, Arm], rounds: int, device: str) -> dict[str, float]:
    """Median of each arm; the first two rounds fill caches."""
    times = [{name: milliseconds(arm, device) for name, arm in arms.items()} for _ in range(rounds + 2)][2:]
    return {name: median(one[name] for one in times) for name in arms}


def steps(side: int, count: int, rounds: int, device: str) -> None:
    """Print what each strategy adds to an update of the network."""
    whole, external = chests_and_hearts(side, device)
    batch = whole.rows(torch.arange(count, device=device))
    updates = {
        precision: training_step(NnUnet().build().to(device), batch.image, batch.label, precision == "bfloat16")
        for precision in ("float32", "bfloat16")
    }
    arms = augmentations(batch, external)
    ms = interleaved_ms(updates | arms, rounds, device)
    print(f"batch of {len(batch)}, {side} x {side}, {device}, torch {torch.__version__}; step = nnunet's update")
    for precision in updates:
        print(f"  update in {precision}: {ms[precision]:.1f} ms")
    print(f"  {'':26s}{'ms':>8s}{'step x, float32':>18s}{'bfloat16':>10s}")
    for name in arms:
        ratios = [1 + ms[name] / ms[precision] for precision in updates]
        print(f"  {name:26s}{ms[name]:8.2f}{ratios[0]:18.3f}{ratios[1]:10.3f}")


ROUNDS = {64: 15, 256: 2}
SHARES = ((64, 8), (64, 1), (256, 8))  # side and batch size


def rows() -> list[Row]:
    """An update with augmentation beside a bare one, in both precisions."""
    return [row for side, count in SHARES for row in share_rows(side, count, ROUNDS[side])]


def share_rows(side: int, count: int, rounds: int) -> list[Row]:
    """The update is timed bare, and the augmentation that is added to it by itself: so its noise does not hide that."""
    whole, external = chests_and_hearts(side, "cpu")
    batch = whole.rows(torch.arange(count))
    updates = {
        precision: training_step(NnUnet().build(), batch.image, batch.label, precision == "bfloat16")
        for precision in ("float32", "bfloat16")
    }
    strategies = {"red": RandomElastic(), "regda": RegDA(external=8)}
    arms = {name: steps_of(one.stages(), prepared(one, batch, external), batch) for name, one in strategies.items()}
    ms = in_turns(updates | arms, rounds)
    return [
        Row(
            key=f"step/{name}/{side}/batch-{count}/{precision}",
            what=f"nnunet update with {name}, {precision}, {side} x {side}, batch of {count}",
            beside="the bare update",
            ours=both(ms[precision], ms[name]),
            peer=ms[precision],
            slower=True,
        )
        for name in arms
        for precision in updates
    ]


def registrations(side: int, device: str) -> None:
    """Print pairs per second."""
    pairs = stack(phantom_pairs("tune", side))
    for size in BATCHES:
        repeats = (size // len(pairs.fixed), 1, 1, 1)
        moving, fixed = pairs.moving.repeat(repeats).to(device), pairs.fixed.repeat(repeats).to(device)
        for name, lddmm in {"LNCC": Lddmm(), "SSD": Lddmm(similarity="ssd", ell=0.05, sigma=0.5)}.items():
            ms = interleaved_ms({name: partial(register, moving, fixed, lddmm)}, 3, device)[name]
            peak = torch.cuda.max_memory_allocated() / 2**20
            print(f"  {name:5s} batch {size:3d}: {1e3 * size / ms:7.0f} pairs/s ({peak:.0f} MiB)", flush=True)


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, choices=[64, 128, 256], default=256)
    parser.add_argument("--batch", type=int, choices=range(1, 9), default=8)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    args = parser.parse_args()
    if args.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda: torch finds no CUDA device; leave the option out to measure on the CPU")
    torch.set_num_threads(1)
    steps(args.side, args.batch, args.rounds, args.device)
    if args.device == "cuda":
        print(f"registration, 128 x 128, {torch.cuda.get_device_name()}")
        registrations(128, args.device)


if __name__ == "__main__":
    main()
