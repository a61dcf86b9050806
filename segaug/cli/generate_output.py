"""What `segaug generate` prints."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from segaug.cli.generate_command import reading, split_sizes
from segaug.cli.generate_files import NOT_ANONYMOUS
from segaug.experiment.synthesis.made_images import MadeImage
from segaug.experiment.synthesis.trial_bank import TrialBank
from segaug.findings.phrases import counted


def printed(out: Path, made: TrialBank, images: Sequence[MadeImage]) -> str:
    """What was made, and the command that trains on it."""
    chosen = made.bank.chosen
    sources, kept = counted(len(chosen), "labelled image"), f"{int(chosen.sum())} kept"
    lines = {
        "images": f"{counted(chosen.numel(), 'image')} made of {sources} by {made.planned.trial.strategy}, {kept}",
        "written": f"{counted(len(images), 'image')} in {out.resolve()}",
        "privacy": NOT_ANONYMOUS,
    }
    told = [f"{name:8} {text}" for name, text in lines.items()]
    return "\n".join([*told, "", *_how_to_train(out, made, images)])


def _how_to_train(out: Path, made: TrialBank, images: Sequence[MadeImage]) -> list[str]:
    if split_sizes([image for image in images if image.kept]) is None:
        patients = counted(len({image.patient for image in images if image.kept}), "patient")
        return [f"Those kept show {patients}: too few to train and test on them alone (`read_by` in dataset.json)."]
    words = [*reading(out, made, images), "scale=all"]
    return ["Train and test on them alone:", f"  segaug train {shlex.join(words)}"]
