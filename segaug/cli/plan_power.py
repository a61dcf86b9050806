"""`segaug plan power`: forecast what a design of sizes and seeds can say, from a pilot study or from an assumed law."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from segaug.cli.metric_text import add_metric

_CV = "0.3@1,0.05@512"
_EXAMPLES = """\
examples:
  segaug plan power --pilot my_pilot                        which sizes or seeds to add
  segaug plan power --pilot my_pilot --sizes 4..64 2..256 --seeds 10,20 --budget 12
  segaug plan power --law 1,0.5,0.05 --cv 0.3@1,0.05@512    without a pilot
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, _EXAMPLES
    basis = parser.add_mutually_exclusive_group(required=True)
    basis.add_argument(
        "--pilot", dest="study", metavar="STUDY", help="a study with trials: folder, or name in results/"
    )
    basis.add_argument("--law", metavar="A,B,C", help="or an assumed law E(N) = A N^-B + C")
    parser.add_argument(
        "--cv", metavar="SPREAD", help=f"with --law: spread of one trial, as a share of its error (default: {_CV})"
    )
    parser.add_argument(
        "--sizes", nargs="+", metavar="SIZES", help="sets of sizes: 1,2,4 or doublings 8..256 (default: as the pilot's "
        "and up to two doublings beyond)",
    )  # fmt: skip
    parser.add_argument("--seeds", metavar="S,S,...", help="numbers of seeds (default: the pilot's and 5,10,20,40)")
    add_metric(parser, "plan for")
    parser.add_argument(
        "--effect", type=float, default=0.1, metavar="SHARE",
        help="smallest difference that matters: 0.1 is 10 %% less error than the baseline (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--baseline", default="baseline", help="strategy to compare with (default: %(default)s)")
    parser.add_argument("--budget", type=float, metavar="HOURS", help="leave out what takes longer on one core")
    parser.add_argument("--all-curves", action="store_true", help="print every strategy, not the baseline alone")


def run(args: Namespace) -> int:
    """Print the tables; from a pilot also write <study>/power/<metric>.csv."""
    from segaug.errors import ConfigError

    if args.law is not None and args.budget is not None:
        fix = "plan from a pilot: only its records tell how long a trial takes"
        raise ConfigError(key="--budget", problem="is for --pilot", fix=fix)
    if args.law is None and args.cv is not None:
        raise ConfigError(key="--cv", problem="is for --law", fix="leave it out: a pilot shows its own spread")
    return _from_pilot(args) if args.law is None else _from_law(args)


def _from_pilot(args: Namespace) -> int:
    from segaug.analysis.csv_text import csv_bytes
    from segaug.analysis.planning.curve_plan import forecast_frame
    from segaug.analysis.planning.power_plan import plan_from_pilot
    from segaug.analysis.trials.curve_trials import curves
    from segaug.analysis.trials.measured import measured, not_measured
    from segaug.analysis.trials.table import study_trials
    from segaug.cli import plan_power_input as read
    from segaug.cli.plan_power_output import print_plan
    from segaug.file_name import file_name
    from segaug.files import write_atomic
    from segaug.measures import stem_of
    from segaug.results.inside import inside
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import find_study

    ratio, budget, (sizes, seeds) = read.effect(args.effect), read.budget(args.budget), _grid(args)
    folder = find_study(args.study)
    table = measured(study_trials(Snapshot(folder)), args.metric)
    plan = plan_from_pilot(curves(table), ratio, args.baseline, sizes, seeds)
    metrics = dict(zip(table["task"], table["metric"], strict=True))
    stem = file_name("_".join(sorted(set(map(stem_of, metrics.values())))))
    path = inside(folder, "power", f"{stem}.csv")
    write_atomic(path, csv_bytes(forecast_frame(plan.curves)))
    print_plan(plan, metrics, args.baseline, ratio, budget, all_curves=args.all_curves)
    if note := not_measured(table):
        print(note)
    print(f"every curve and design: {path}")
    return 0


def _from_law(args: Namespace) -> int:
    from segaug.analysis.law.power_law import PowerLaw
    from segaug.analysis.planning.curve_plan import Assumption
    from segaug.analysis.planning.power_plan import plan_from_law
    from segaug.analysis.planning.trial_spread import assumed_spread
    from segaug.cli import plan_power_input as read
    from segaug.cli.plan_power_output import print_plan

    ratio, (sizes, seeds) = read.effect(args.effect), _grid(args)
    assumed = Assumption(PowerLaw(*read.law(args.law)), assumed_spread(read.cv(args.cv or _CV)))
    print_plan(plan_from_law(assumed, ratio, sizes, seeds), {"": args.metric or "bce"}, args.baseline, ratio)
    return 0


def _grid(args: Namespace) -> tuple[list[tuple[int, ...]], tuple[int, ...]]:
    """Sizes and seeds; empty where the default is meant."""
    from segaug.cli import plan_power_input as read

    return [read.sizes(text) for text in args.sizes or ()], read.seeds(args.seeds) if args.seeds else ()
