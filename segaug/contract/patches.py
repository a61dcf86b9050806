"""What every strategy promises where the network is shown patches of images."""

from dataclasses import replace
from unittest.mock import patch

import torch
from torch import Tensor

from segaug.augment.augment import Draw, apply, augment, cut, draw
from segaug.batch import Batch
from segaug.contract.examples import GREY_ONE
from segaug.contract.little import TWO_UPDATES, OneConvolution, beside
from segaug.contract.promise import NotAsked, Promise, close, kept
from segaug.contract.tried import RNG, SIDE, Tried, rows
from segaug.training.batches import SubsetBatches
from segaug.training.fit import Trained, fit
from segaug.training.segmentation import Segmentation
from segaug.training.stopwatch import Stopwatch

PROTOCOL = replace(TWO_UPDATES, patch=SIDE)


def it_prepares(tried: Tried) -> None:
    """It can be prepared where the network is shown patches of images."""
    tried.learning.prepare(tried.on_patches, tried.batch, SIDE)


def patches_come_out_as_drawn(tried: Tried) -> None:
    """Patches come out in their size and in the range of `intensity`, each as it does alone, and again the same."""
    stages, patched, prepared = tried.stages, tried.patched, tried.prepared_on_patches
    draws = draw(stages, prepared, patched, RNG)
    made = apply(draws, prepared, patched)
    kept(made.patch is None, "there is still something to cut")
    for what, shape in (("images", made.image.shape), ("labels", made.label.shape)):
        kept(shape == (3, 1, SIDE, SIDE), f"{what} of patches are {tuple(shape)}, not (3, 1, {SIDE}, {SIDE})")
    low, high = tried.strategy.intensity
    least, most = float(made.image.min()), float(made.image.max())
    kept(low <= least <= most <= high + 1e-5, f"they come out in {least:.4g} to {most:.4g}, not {low} to {high}")
    kept(torch.equal(augment(stages, prepared, patched, RNG).image, made.image), "a second call gives another result")
    if any(stage.mixes_rows for stage in stages):
        return  # by declaration
    row = slice(1, 2)
    alone = [Draw(one.stage, rows(one.params, row), one.applied[row], one.soft[row]) for one in draws]
    # A generator's convolutions round by the size of the batch.
    close(apply(alone, prepared, patched.rows(row)).image, made.image[row], "a patch alone", atol=1e-4)


def p_zero_cuts_and_no_more(tried: Tried) -> None:
    """With p = 0 in all stages, patches are those of the image, bit for bit."""
    stages = [replace(stage, p=0.0) for stage in tried.stages]
    made, plain = augment(stages, tried.prepared_on_patches, tried.patched, RNG), cut(tried.patched)
    kept(torch.equal(made.image, plain.image), "images are changed")
    kept(torch.equal(made.label, plain.label), "labels are changed")


def a_network_is_trained_on_patches_alone(tried: Tried) -> None:
    """Whatever it does in its training step, the network is shown patches and nothing else."""
    seen = set()

    class Watched(OneConvolution):
        def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
            seen.add(tuple(image.shape[2:]))
            return super().features(image)

    strategy, prepared = tried.on_patches, tried.prepared_on_patches
    trained = _fitted(Watched(1, 1), tried, strategy.training_set(tried.batch, prepared), 0)
    kept(trained.stopped == "budget", f"training ended by {trained.stopped}")
    kept(seen == {(SIDE, SIDE)}, f"the network was shown images of {sorted(seen)} pixels")
    asked = 2 * len(tried.batch)
    shown = trained.patches.rows if trained.patches else 0
    kept(shown >= asked, f"it was shown {shown} patches, and {asked} were to be shown")


def all_are_shown_the_same_patches(tried: Tried) -> None:
    """It is shown the same patches in the same order as every strategy of one seed."""
    strategy, prepared, batch = tried.on_patches, tried.prepared_on_patches, tried.batch
    if strategy.training_set(batch, prepared) is not batch:
        raise NotAsked("makes images of its own, and shows these")
    shown: list[Batch] = []
    real = Segmentation.training_step

    def looked_at(self: Segmentation, batch: Batch, step: int) -> Tensor:
        shown.append(batch)
        return real(self, batch, step)

    with patch.object(Segmentation, "training_step", looked_at):
        _fitted(OneConvolution(1, 1), tried, batch, 5)
    expected = [*SubsetBatches(batch, PROTOCOL.batch_size, 2, 5, patch=(SIDE, SIDE))]
    kept(len(shown) == len(expected), f"{len(shown)} batches are shown, and not {len(expected)}")
    for found, wanted in zip(shown, expected, strict=True):
        kept(torch.equal(found.index, wanted.index), "other images are shown")
        for what in ("centre", "foreground"):
            same = torch.equal(getattr(found.patch, what), getattr(wanted.patch, what))
            kept(same, f"the {what} of a patch is another")


def _fitted(network: OneConvolution, tried: Tried, images: Batch, seed: int) -> Trained:
    strategy, prepared, allowed = tried.on_patches, tried.prepared_on_patches, beside(tried.batch)
    with torch.random.fork_rng(devices=[]):
        return fit(network, strategy, prepared, images, None, PROTOCOL, seed, Stopwatch(), allowed)


def cuda_agrees_with_cpu(tried: Tried) -> None:
    """On a GPU its patches are what they are on the CPU."""
    if not torch.cuda.is_available():
        raise NotAsked("there is no GPU here")
    there = tried.patched.to("cuda")
    on_cpu = augment(tried.stages, tried.prepared_on_patches, tried.patched, RNG)
    on_gpu = augment(tried.stages, tried.learned_on_patches(there), there, RNG)
    kept(there.patch is not None and there.patch.centre.device.type == "cpu", "places of patches left the CPU")
    close(on_gpu.image.cpu(), on_cpu.image, "images", atol=1e-4)
    share = float((on_gpu.label.cpu() != on_cpu.label).float().mean())  # midway between two pixels, rounding decides
    kept(share < 1e-3, f"labels differ in {100 * share:.1f} % of the pixels")


PROMISES: dict[Promise[Tried], tuple[str, ...]] = {
    it_prepares: GREY_ONE,
    patches_come_out_as_drawn: GREY_ONE,
    p_zero_cuts_and_no_more: GREY_ONE,
    a_network_is_trained_on_patches_alone: GREY_ONE,
    all_are_shown_the_same_patches: GREY_ONE,
    cuda_agrees_with_cpu: GREY_ONE,
}
