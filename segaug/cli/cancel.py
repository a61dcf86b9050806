"""`segaug cancel`: end the jobs of a study on the cluster; what is finished stays."""

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study."""
    parser.add_argument("study", help="name under results/ or folder")


def run(args: Namespace) -> int:
    """End its jobs."""
    from segaug.cluster.cancel import cancel_study
    from segaug.results.store import find_study

    print(cancel_study(find_study(args.study)))
    return 0
