"""`segaug need`: how many labelled images a target needs, read from the curves of a study."""

from argparse import ArgumentParser, Namespace

_EPILOG = (
    "The answer is training images N plus validation images V, with a 95 % interval over seeds on this test set. "
    "Nothing is said outside the measured sizes unless the law may be extrapolated, and then at most to 4 times the "
    "largest one."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/; default: the latest one")
    parser.add_argument(
        "--target", required=True, metavar="MEASURE=VALUE",
        help="dice=0.9, bce=0.05 or dice/rv=0.9 (of one structure): mean over test cases and trainings",
    )  # fmt: skip


def run(args: Namespace) -> int:
    """Print one table for each task and model, write <study>/need/<target>.csv."""
    from segaug import terminal
    from segaug.analysis.curves.export import csv_bytes
    from segaug.analysis.planning.curve_need import curve_needs, needs_frame
    from segaug.analysis.planning.target import KEY, read_target
    from segaug.analysis.trials.measured import measured, not_measured
    from segaug.analysis.trials.table import study_trials
    from segaug.cli.metric_text import file_stem
    from segaug.cli.need_output import print_needs
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import find_study, write_atomic

    target = read_target(args.target)
    folder = find_study(args.study)
    table = measured(study_trials(Snapshot(folder)), target.metric, KEY)
    needs = curve_needs(table, target)
    path = folder / "need" / f"{file_stem(target.measure)}_{target.value:g}.csv"
    write_atomic(path, csv_bytes(needs_frame(needs, target)))
    console = terminal.console(markup=False)
    print_needs(needs, target, console)
    if note := not_measured(table):
        console.print(note, soft_wrap=True)
    console.print(f"wrote {path}", soft_wrap=True)
    return 0
