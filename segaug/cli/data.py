"""`segaug data`: the verbs around data sets; one module, segaug/cli/data_<action>.py, an action."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

ACTIONS = {  # each is segaug/cli/data_<action>.py with add_arguments(parser) and run(args) -> int
    "list": "list every data set that is known, and whether it is on this machine",
    "fetch": "download a published set where licence and host allow it, or print the way to it",
    "import": "understand a folder, and write a data set of it into a config folder of your own",
    "check": "read every image and mask, and list every problem, before a study starts",
    "preview": "write a page with images, filled masks, shares, intensities and sizes",
    "split": "show which images are for testing, validating, registering against and training",
    "copies": "find images that show the same picture, and the groups that keep them on one side of the split",
}


def add_arguments(parser: ArgumentParser) -> None:
    """One subcommand for each action."""
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    for name, line in ACTIONS.items():
        chosen = actions.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        import_module(f"segaug.cli.data_{name}").add_arguments(chosen)


def run(args: Namespace) -> int:
    """Do what was asked for."""
    code: int = import_module(f"segaug.cli.data_{args.action}").run(args)
    return code
