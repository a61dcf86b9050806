"""Which options of the joint phase of task-driven augmentation train steadily?  On validation only.

    SEGAUG_DATA=FOLDER python benchmarks/joint_phase.py dataset=sunnybrook_volumes protocol.count=patients scale.size=1

One line for each set of options, in means over seeds (each with its subset): what the generator does, how often the
discriminator is right in the last tenth, the task's share of the gradient, and the validation Dice of the segmentation
network at the chosen update, at the last one, and its range over the last half.  --quick: one short phase of each, as
`make bench` runs it, on generated images.
"""

import argparse
from dataclasses import replace
from statistics import fmean, stdev

import torch

from segaug.augment.artefact import Content, quiet, unkept
from segaug.augment.task_driven.gd import GeneratedDeformation
from segaug.augment.task_driven.gi import GeneratedIntensity
from segaug.augment.task_driven.options import Joint
from segaug.experiment.outside import compose
from segaug.experiment.planned.allowed import trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan
from segaug.training.stopwatch import Stopwatch

PLAIN = {"discriminator_learning_rate": 1e-3, "labelled_share": 0.0, "intensity_start": 1.0}
ARMS: dict[str, dict[str, float]] = {
    "published weights": PLAIN,
    "R1": PLAIN | {"r1": 1.0},
    "labelled among the real": PLAIN | {"labelled_share": 0.5},
    "slow discriminator": PLAIN | {"discriminator_learning_rate": 1e-4},
    "slow, R1": PLAIN | {"discriminator_learning_rate": 1e-4, "r1": 1.0},
    "slow, labelled": PLAIN | {"discriminator_learning_rate": 1e-4, "labelled_share": 0.5},
}
CALM = {"intensity_start": 0.1}  # of the intensity generator alone
CALM_ARMS = {f"calm: {name}": options | CALM for name, options in ARMS.items()}
STRATEGIES = {"deformation": GeneratedDeformation, "intensity": GeneratedIntensity}


def phase(words: list[str], kind: str, joint: Joint, seed: int) -> Content:
    """One joint phase of the trial that these words describe."""
    trial = compose([*words, f"seed={seed}"])
    (planned,) = (plan := make_plan([trial], skip_large=False)).trials
    task, config = plan.tasks[planned.trial.task], replace(trial.config, augment=STRATEGIES[kind](joint=joint))
    parts = parts_of(planned, task, "cpu")
    context = trial_context(config, parts, task, Stopwatch(), lambda artefact: artefact.make(None, quiet, unkept))
    (artefact,) = config.augment.artefacts(context)
    return artefact.make(None, quiet, unkept)


def line(contents: list[Content]) -> str:
    """Means over phases."""
    health = [content.facts["health"] for content in contents]
    late = [content.facts["history"]["dice"][len(content.facts["history"]["dice"]) // 2 :] for content in contents]
    mean = {name: fmean(row[name] or 0.0 for row in health) for name in health[0]}
    chosen = fmean(content.facts["chosen_update"] / content.facts["updates"] for content in contents)
    spread = mean["spread"] / max(mean["magnitude"], 1e-12)
    deviation = f" +- {stdev([row['best_dice'] for row in health]):.3f}" if len(health) > 1 else ""
    return (
        f"size {mean['magnitude']:6.3f}  spread {spread:5.2f}  judge {100 * mean['accuracy']:3.0f} %  "
        f"task {100 * mean['task_share']:6.2f} %  Dice {mean['best_dice']:.3f}{deviation} at {100 * chosen:3.0f} %, "
        f"last {mean['last_dice']:.3f}, range {fmean(max(d) - min(d) for d in late):.3f}  "
        f"failed {sum(content.failed is not None for content in contents)} of {len(contents)}"
    )


def main() -> None:
    """Run every arm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="of a trial, as for segaug train")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--updates", type=int, default=256, help="joint ones; a quarter of them before")
    parser.add_argument("--kinds", default="deformation,intensity")
    parser.add_argument("--arms", help="these alone, separated by |")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    words = args.words or ["dataset=phantom_template", "dataset.images=60", "dataset.size=32", "scale.size=4"]
    seeds, updates = (1, 8) if args.quick or not args.words else (args.seeds, args.updates)
    words = ["model=unet", "protocol=fixed_steps", "protocol.select=dice", *words]
    for kind in args.kinds.split(","):
        arms = ARMS | CALM_ARMS if kind == "intensity" else ARMS
        chosen = args.arms.split("|") if args.arms else list(arms)
        if unknown := [name for name in chosen if name not in arms]:
            parser.error(f"--arms: {kind} has no {', '.join(unknown)}; choose from {' | '.join(arms)}")
        for name in chosen:
            joint = Joint(updates=updates, warmup=updates // 4, validate_every=max(1, updates // 16), **arms[name])
            contents = [phase(words, kind, joint, seed) for seed in range(seeds)]
            print(f"{kind:11}  {name:24}  {line(contents)}", flush=True)


if __name__ == "__main__":
    main()
