"""`segaug policy`: look at the policies that strategies of a study have learned, and take one away as a file."""

from argparse import ArgumentParser, Namespace

_EPILOG = (
    "show: how each policy has changed over seeds, beside chance, and what a prediction joins; writes STUDY/policy/.  "
    "export: writes one as plain JSON, mean over seeds, that trainings on other data start from: "
    "segaug train augment=policy_heuristic augment.start=mine.json"
)


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    parser.add_argument("action", choices=["show", "export"], help="show: print all; export: write one into a file")
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/ (default: the latest one)")
    for name, what in (("task", "of this task"), ("model", "of this network"), ("strategy", "of this strategy")):
        parser.add_argument(f"--{name}", metavar="NAME", help=f"only {what}")
    parser.add_argument("--size", type=int, metavar="N", help="only of this many training images")
    parser.add_argument("--seed", type=int, metavar="K", help="only of this seed (default: all, in the mean)")
    parser.add_argument("--out", metavar="FILE", help="of export: a new file; one that is there is left alone")
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="of show: print one JSON object")
    printed.add_argument("--csv", action="store_true", help="of show: print a row a policy and group")


def run(args: Namespace) -> int:
    """Show or export."""
    from segaug.cli import policy_export, policy_show
    from segaug.cli.policy_choice import chosen
    from segaug.results.store import find_study

    new = policy_export.new_file(args)
    study = find_study(args.study)
    cells = chosen(study, args)
    if new:
        print(policy_export.export(new, study, cells))
    else:
        policy_show.show(study, cells, args)
    return 0
