"""The option --site: test scores on another source than the one whose test set is a trial's own."""

from argparse import ArgumentParser, Namespace

from segaug.errors import ConfigError

KEY = "--site"


def add_site(parser: ArgumentParser) -> None:
    """Of commands that read a study."""
    parser.add_argument(
        KEY, metavar="NAME",
        help="test scores on this source of a study with dataset=pooled, instead of on each task's own test set; and "
        "the fall from the one to the other",
    )  # fmt: skip


def refuse_site(args: Namespace, of: str) -> None:
    """Raise ConfigError where there are no records to find a site in; of: what has none."""
    if args.site is not None:
        raise ConfigError(key=KEY, problem=f"does not go with {of}", fix="leave it out; records of a study have sites")
