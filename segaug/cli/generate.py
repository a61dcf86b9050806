"""`segaug generate`: take away the images that a strategy makes, as files that any program reads."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from segaug.cli.composing import add_trial, composed
from segaug.errors import ConfigError


def add_arguments(parser: ArgumentParser) -> None:
    """Overrides as for `segaug train`, and where to write."""
    parser.epilog = (
        "Writes into FOLDER: images/, masks/, items.csv with a row for each image, and dataset.json.  "
        "Example: segaug generate augment=augpaint dataset=sunnybrook scale=n4 seed=3 --out bank"
    )
    add_trial(parser, "the trial, as for train: augment=augpaint scale=n4 seed=3 ...")
    parser.add_argument("--out", metavar="FOLDER", required=True, help="a new folder; one that is there is refused")
    parser.add_argument(
        "--kept", action="store_true", help="only the images that the trial trains on (default: all, and a column)"
    )


def run(args: Namespace) -> int:
    """Learn what is missing, write the folder, and say how it is read."""
    out = _new(Path(args.out).expanduser())

    from segaug.experiment.machine.process import SINGLE_THREAD, keep_heap
    from segaug.terminal import console

    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`: what is learned here is kept for trials
    keep_heap()
    from segaug.cli.generate_files import write
    from segaug.cli.generate_output import printed
    from segaug.experiment.machine.stop import terminable
    from segaug.experiment.synthesis.made_images import made_images
    from segaug.experiment.synthesis.trial_bank import trial_bank

    trial = composed(args)
    with terminable(at_once=False):
        made = trial_bank(trial, console(stderr=True))
        images = list(made_images(made, kept_only=args.kept))
        write(out, made, images)
    print(printed(out, made, images))
    return 0


def _new(out: Path) -> Path:
    """Refused where it is there, or cannot be made, before minutes of learning."""
    if os.path.lexists(out):
        raise ConfigError(key="--out", problem=f"{out} is there already", fix="name a folder that is not, or remove it")
    if not out.parent.is_dir():
        raise ConfigError(key="--out", problem=f"there is no folder {out.parent}", fix="make it, or choose another one")
    if not os.access(out.parent, os.W_OK):
        raise ConfigError(key="--out", problem=f"{out.parent} cannot be written to", fix="choose a folder of yours")
    return out
