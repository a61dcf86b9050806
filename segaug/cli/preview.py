"""`segaug preview`: look at what a strategy does before training with it."""

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Overrides as for `segaug train`, and how much to draw."""
    parser.add_argument("overrides", nargs="*", help="as for train: augment=red dataset=hippocampus dataset.root=...")
    parser.add_argument("--images", type=int, default=4, help="training images shown (default 4)")
    parser.add_argument("--versions", type=int, default=4, help="augmented versions of each (default 4)")
    parser.add_argument("--out", default="preview.png", help="file to write, .png, .svg or .pdf (default preview.png)")


def run(args: Namespace) -> int:
    """Draw originals and augmented versions with mask outlines and displacements."""
    from pathlib import Path

    from segaug.cli.hydra_errors import one_line
    from segaug.errors import ConfigError, DataError
    from segaug.experiment.compose import compose
    from segaug.experiment.examples import augmented, example_batch
    from segaug.experiment.plan import load
    from segaug.report.preview import preview_figure

    for name in ("images", "versions"):
        if getattr(args, name) < 1:
            raise ConfigError(key=f"--{name}", problem=f"got {getattr(args, name)}", fix="use 1 or more")
    with one_line():
        trial = compose(args.overrides)
    task = load(trial)
    batch = example_batch(task, args.images, trial.config.seed)
    made = augmented(trial.config.augment, None, batch, args.versions, trial.config.seed)
    figure = preview_figure(
        batch.image[:, 0].numpy(),
        batch.label[:, 0].numpy(),
        made.image.numpy(),
        made.label.numpy(),
        made.displacement_px.numpy() if made.displacement_px.any() else None,
        title=f"{trial.strategy} on {trial.task}",
    )
    try:
        figure.savefig(args.out, dpi=150)
    except (OSError, ValueError) as error:
        raise DataError(
            file=args.out, problem=f"cannot be written ({error})", fix="choose a .png in a folder of yours"
        ) from error
    print(Path(args.out).resolve())
    return 0
