"""What task-driven augmentation costs: joint steps, and training steps with its generators, beside plain ones.

    OMP_NUM_THREADS=1 python benchmarks/task_driven.py --size 64 --batch 8

CPU time on one thread, the arms interleaved in one process; medians, and ratios.  A plain step is the shared baseline,
forward, backward and Adam of the segmentation network.  A joint step is the same on a batch that is half generated,
with the steps of generator and discriminator; a final step is a plain one with gd_gi in the place of the baseline.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch

from segaug.augment.artefact import quiet
from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Strategy
from segaug.augment.task_driven.gd_gi import GeneratedBoth
from segaug.augment.task_driven.joint_phase import JointData, JointPhase
from segaug.augment.task_driven.networks import DeformationGenerator, Discriminator, IntensityGenerator
from segaug.augment.task_driven.options import Joint
from segaug.augment.task_driven.strategy import Generators
from segaug.batch import Batch
from segaug.models.network import Model, build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.models.unet import UNet
from segaug.rng import stream
from segaug.training.objective import Objective

MODELS: dict[str, Model] = {"unet": UNet(), "nnunet": NnUnet()}


def images(rows: int, side: int) -> Batch:
    """Noise with a square label: what is computed does not depend on what an image shows."""
    image = torch.rand(rows, 1, side, side, generator=stream(0, "image"))
    label = torch.zeros(rows, 1, side, side)
    label[..., side // 4 : side // 2, side // 4 : side // 2] = 1
    none = torch.zeros(rows, dtype=torch.long)
    return Batch(image, label, none, torch.ones(rows, 2), none)


def plain_step(model: Model, strategy: Strategy, prepared: object, batch: Batch) -> Callable[[], None]:
    """One update on an augmented batch."""
    network, objective = build_with_seed(model, 0), Objective()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    count = iter(range(10**9))

    def step() -> None:
        seen = augment(strategy.stages(), prepared, batch, partial(stream, 0, next(count)))
        optimiser.zero_grad()
        objective(network(seen.image), seen.label).backward()
        optimiser.step()

    return step


def joint_step(model: Model, kind: str, batch: Batch) -> Callable[[], None]:
    """One joint update, outside of a trainer."""
    size = (batch.image.shape[2], batch.image.shape[3])
    generator = (DeformationGenerator if kind == "deformation" else IntensityGenerator)(size, 1)
    plan = Joint(batch_size=len(batch), warmup=0, updates=10**6, validate_every=10**6).plan
    data = JointData(batch, batch.image, None, None)
    network, judge = build_with_seed(model, 0), Discriminator(size, 1)
    module = JointPhase(generator, network, judge, data, plan, Baseline(), Objective(), partial(stream, 0), quiet)
    optimisers = module.configure_optimizers()
    module.optimizers = lambda *_, **__: optimisers  # type: ignore[method-assign]  # a trainer's
    module.manual_backward = lambda loss, *_, **__: loss.backward()  # type: ignore[method-assign]
    count = iter(range(10**9))
    return lambda: module.training_step(0, next(count))


def interleaved_ms(arms: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median CPU time of each arm [ms]; each round runs every arm once, the first two rounds are not counted."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 2):
        for name, step in arms.items():
            start = time.process_time()
            step()
            times[name].append(1e3 * (time.process_time() - start))
    return {name: statistics.median(values[2:]) for name, values in times.items()}


def main() -> None:
    """Print a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=8)
    args = parser.parse_args()
    torch.set_num_threads(1)
    batch, size = images(args.batch, args.size), (args.size, args.size)
    both = Generators(DeformationGenerator(size, 1), IntensityGenerator(size, 1)).eval().requires_grad_(False)
    print(f"batch of {args.batch}, {args.size} x {args.size}, one thread, torch {torch.__version__}")
    for name, model in MODELS.items():
        ms = interleaved_ms(
            {
                "plain": plain_step(model, Baseline(), None, batch),
                "joint, deformation": joint_step(model, "deformation", batch),
                "joint, intensity": joint_step(model, "intensity", batch),
                "final, gd_gi": plain_step(model, GeneratedBoth(), both, batch),
            },
            args.rounds,
        )
        told = ", ".join(f"{arm} {value:.0f} ms ({value / ms['plain']:.2f} x)" for arm, value in ms.items())
        print(f"{name:7}  {told}", flush=True)


if __name__ == "__main__":
    main()
