"""What do first stages and denoisers of AugPaint learn, and what are their images like?  One line for each.

    export SEGAUG_DATA=FOLDER
    python benchmarks/painted.py dataset=sunnybrook scale=n4 seed=0 augment.denoiser.precision=bfloat16

Health and CPU seconds of what is learned (from the cache, where it is there already), measures of the bank, and what
is painted where all but the upper eighth is kept: rms difference from the source there, and spread of four samples of
one source.  Without arguments: one short training, on generated images.
"""

import argparse
from collections.abc import Mapping

import torch
from rich.console import Console

from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.strategy import AugPaint
from segaug.augment.strategy import PrepareContext
from segaug.experiment.artefacts.make_all import make_here
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.outside import compose
from segaug.experiment.planned.allowed import trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan
from segaug.rng import stream
from segaug.training.stopwatch import Stopwatch

ARMS = {
    "patches": ["augment=augpaint"],
    "vq": ["augment=augpaint", "augment.first_stage=vq"],
    "conditional": ["augment=augpaint_conditional"],
}
QUICK = [
    "dataset=phantom_template", "dataset.images=60", "dataset.size=32", "scale=n2", "augment.denoiser.updates=300",
    "augment.denoiser.channels=[32,32]", "augment.denoiser.attention=[2]", "augment.denoiser.learning_rate=3e-3",
    "augment.steps=2", "augment.per_image=2",
]  # fmt: skip
SAMPLES = 4


def main() -> None:
    """Run every arm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="of a trial, as for segaug train")
    words = parser.parse_args().words
    torch.set_num_threads(1)
    for name, arm in list(ARMS.items())[: len(ARMS) if words else 1]:
        show(name, [*arm, *(words or QUICK)])


def show(name: str, words: list[str]) -> None:
    """Learn what is missing, and print."""
    plan = make_plan([compose(words)], skip_large=False)
    (planned,) = plan.trials
    config, task = planned.trial.config, plan.tasks[planned.trial.task]
    store, strategy = store_of(config), config.augment
    context = trial_context(config, parts_of(planned, task, "cpu"), task, Stopwatch(), store.obtain)
    make_here(strategy.artefacts(context), store, Console(stderr=True))
    for artefact in strategy.artefacts(context):
        facts = store.obtain(artefact).facts
        if "health" in facts:
            line(f"{name}: {artefact.kind}", {**facts["health"], "cpu_seconds": facts["cpu_seconds"]})
    line(f"{name}: bank", strategy.prepare(context).measures)
    line(f"{name}: an eighth is free", nearly_kept(strategy, context))


def nearly_kept(strategy: AugPaint, context: PrepareContext) -> dict[str, float]:
    """Error and spread of samples of each labelled image where nearly all of it is kept."""
    painter = strategy.learning(context).painter(torch.device("cpu"))
    source = context.subset.image.repeat_interleave(SAMPLES, 0)
    free = source.shape[2] // 8
    kept = torch.ones_like(source[:, :1], dtype=torch.bool)
    kept[..., :free, :] = False
    rng, plan = stream(0, "benchmark"), strategy.plan
    sampling = Sampling(plan.prediction, plan.steps, strategy.eta, plan.resample)
    shape = painter.latent_shape(len(source))
    made = painter.paint(source, kept, sampling, lambda: torch.randn(shape, generator=rng), clip=True)[..., :free, :]
    spread = made.unflatten(0, (-1, SAMPLES)).std(1).mean().item()
    return {"error": (made - source[..., :free, :]).square().mean().sqrt().item(), "spread": spread}


def line(what: str, numbers: Mapping[str, float | None]) -> None:
    """Names and values."""
    told = (f"{name} {'-' if value is None else f'{value:.4g}'}" for name, value in numbers.items())
    print(f"{what:38s}", "  ".join(told), flush=True)


if __name__ == "__main__":
    main()
