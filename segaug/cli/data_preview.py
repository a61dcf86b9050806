"""`segaug data preview`: look at a data set before anything is trained on it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from segaug.cli.composing import add_trial, composed
from segaug.errors import ConfigError


def add_arguments(parser: ArgumentParser) -> None:
    """The data set, where the page goes, and how many images it shows."""
    parser.epilog = (
        "Writes index.html, a page that needs nothing else, and preview.png. What it notes, check notes too."
    )
    add_trial(parser)
    parser.add_argument("--out", default="preview", metavar="FOLDER", help="to write into (default: preview)")
    parser.add_argument("--images", type=int, default=24, help="images shown with their masks (default 24)")
    parser.add_argument("--no-copies", dest="copies", action="store_false", help="do not look for near copies")


def run(args: Namespace) -> int:
    """Write the page and the sheet, and print where they are."""
    if args.images < 1:
        raise ConfigError(key="--images", problem=f"got {args.images}", fix="use 1 or more")
    if Path(args.out).exists() and not Path(args.out).is_dir():
        raise ConfigError(
            key="--out", problem=f"{args.out} is no folder", fix="name a folder, which is made if missing"
        )
    from segaug.cli.data_looked_at import looked_at
    from segaug.report.dataset.dataset_page import write_dataset_page

    trial = composed(args)
    for path in write_dataset_page(looked_at(trial, args.images, copies=args.copies), Path(args.out)):
        print(path.resolve())
    return 0
