"""`segaug addition`: what images of other sources do to the base's test error, and what one of them is worth."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.cli.metric_text import add_metric
from segaug.cli.study_or_table import add_source, table_of
from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.analysis.addition.curve import Additions

_EPILOG = (
    "Of a study with dataset=pooled: paired differences to k = 0 on the base's own test set, with 95 % intervals that "
    "hold at all k together; harm, benefit, both or neither shown; what k added images are worth in images of the "
    "base; how much of a fall is dilution; and the commands of the trials that would tell more.  Of a table: columns "
    "k and error, and curve and seed where there are several."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    add_source(parser)
    add_metric(parser, "judge by", "")
    parser.add_argument(
        "--baseline", metavar="STRATEGY", help="the strategy that others are set beside (default: baseline)"
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print one JSON object")
    printed.add_argument("--csv", action="store_true", help="print a row a measure, curve and k")


def run(args: Namespace) -> int:
    """Judge, print, and write <study>/addition/ or <table>_addition/."""
    from segaug.cli import addition_files, addition_output
    from segaug.results.inside import inside
    from segaug.results.store import find_study

    if table := table_of(args):
        additions, commands = _of_table(table, args), []
        folder = table.with_name(f"{table.stem}_addition")
    else:
        study = find_study(args.study)
        additions = _of_study(study, args.metric, args.baseline)
        commands = _commands(additions, study)
        folder = inside(study, "addition")
    files = addition_files.contents(additions)
    if args.json or args.csv:
        print(files[".json" if args.json else ".csv"].decode(), end="")
        return 0
    for line in addition_output.lines(additions, commands):
        print(line)
    written = addition_files.write(folder, additions, files)
    print(f"\nwrote {', '.join(written)} to {folder}")
    return 0


def _of_study(study: Path, metric: str | None, reference: str | None) -> "list[Additions]":
    """Under the metric that was asked for, or under all that a verdict looks at."""
    from segaug.analysis.addition.addition import addition_of
    from segaug.analysis.addition.measures import judged_metrics
    from segaug.analysis.comparison.compare import BASELINE
    from segaug.analysis.trials.table import study_trials
    from segaug.results.snapshot import Snapshot

    snapshot = Snapshot(study)
    metrics = [metric] if metric else judged_metrics(study_trials(snapshot))
    found = [addition_of(snapshot, own, reference=reference or BASELINE) for own in metrics]
    _refuse_unknown(reference, found)
    return found


def _refuse_unknown(reference: str | None, additions: "list[Additions]") -> None:
    """Nobody could be set beside a strategy that there is not."""
    known = list(dict.fromkeys(curve.key.strategy for of_metric in additions for curve in of_metric.curves))
    if reference is not None and reference not in known:
        raise ConfigError(
            key="--baseline", problem=f"no curve of added images is {reference}", fix=f"choose from: {', '.join(known)}"
        )


def _of_table(path: Path, args: Namespace) -> "list[Additions]":
    from segaug.analysis.addition.table import addition_table, with_k
    from segaug.terminal import wrapped

    table = with_k(path, args.columns, nested=args.nested)
    if not (args.json or args.csv):
        print(*wrapped(str(table.reading)), sep="\n")
    return [addition_table(table)]


def _commands(additions: "list[Additions]", study: Path) -> list[tuple[str, str]]:
    from segaug.cli.addition_commands import commands
    from segaug.results.store import Store

    return commands(additions[0].missing, Store(study).plan().get("command"), study)
