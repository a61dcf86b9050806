"""What every strategy promises to leave alone: its input, global random state, itself; and that devices agree."""

from functools import partial

import torch

from segaug.augment.augment import augment
from segaug.contract.augmenting import TENSORS
from segaug.contract.examples import BOTH
from segaug.contract.global_state import not_moved
from segaug.contract.promise import NotAsked, Promise, close, kept
from segaug.contract.tried import RNG, Tried, equal
from segaug.rng import stream


def the_input_is_not_written_to(tried: Tried) -> None:
    """The batch that it gets is not written to."""
    batch = tried.batch
    before = {field: getattr(batch, field).clone() for field in TENSORS}
    tried.run()
    for field, value in before.items():
        kept(torch.equal(getattr(batch, field), value), f"{field} was changed in place")


def global_random_state_is_left_alone(tried: Tried) -> None:
    """Global random state of torch, numpy and Python is neither used nor moved."""
    _ = tried.prepared  # what it learns before training may use it
    with not_moved():
        first = tried.run()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(1)
        kept(equal(tried.run(), first), "torch's global state decides the result: draw from `rng` alone")


def nothing_is_remembered(tried: Tried) -> None:
    """Nothing is remembered between calls."""
    stages, batch, prepared = tried.stages, tried.batch, tried.prepared
    first = augment(stages, prepared, batch, RNG)
    augment(stages, prepared, batch.rows(slice(0, 2)), partial(stream, 9))
    kept(equal(augment(stages, prepared, batch, RNG), first), "another call in between changes the result")


def cuda_agrees_with_cpu(tried: Tried) -> None:
    """On a GPU it gives what it gives on the CPU."""
    if not torch.cuda.is_available():
        raise NotAsked("there is no GPU here")
    there = tried.batch.to("cuda")  # what was learned is stored by now, and moved there
    on_cpu, on_gpu = tried.run(), augment(tried.stages, tried.learned(there), there, RNG)
    kept(on_gpu.image.is_cuda and on_gpu.label.is_cuda, "the result does not lie on the GPU")
    close(on_gpu.image.cpu(), on_cpu.image, "images", atol=1e-4)
    share = float((on_gpu.label.cpu() != on_cpu.label).float().mean())  # midway between two pixels, rounding decides
    kept(share < 1e-3, f"labels differ in {100 * share:.1f} % of the pixels")


PROMISES: dict[Promise[Tried], tuple[str, ...]] = {
    the_input_is_not_written_to: BOTH,
    global_random_state_is_left_alone: BOTH,
    nothing_is_remembered: BOTH,
    cuda_agrees_with_cpu: BOTH,
}
