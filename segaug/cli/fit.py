"""`segaug fit`: fit E(N) = a N^-b + c to every curve of a study or of a table, print and write what may be said."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.analysis.metric import MEASURES, METRICS
from segaug.cli.study_or_table import add_source, table_of
from segaug.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from segaug.results.source import TrialSource

_RESAMPLES = 1000  # that of analysis/law/resample.py, which is too heavy to import for a help text


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    add_source(parser)
    parser.add_argument(
        "--metric", choices=(*METRICS, "all"),
        help="test error to fit (default: bce); all: who is first by each test error, and where they disagree",
    )  # fmt: skip
    parser.add_argument(
        "--resamples", type=int, default=_RESAMPLES, help="draws of seeds and of test cases (default: %(default)s)"
    )
    parser.add_argument(
        "--from", dest="source", metavar="wandb:ENTITY/PROJECT", help="fit a study that `segaug sync` has sent to W&B"
    )
    parser.add_argument("--study", dest="name", metavar="NAME", help="of --from: which one, where there are several")
    parser.add_argument("--forms", action="store_true", help="show other forms than the law (a second a curve)")


def run(args: Namespace) -> int:
    """Fit, write and print."""
    if args.source:
        return _mirrored(args)
    if args.name:
        raise ConfigError(key="--study", problem="is of --from", fix="name a local study without it: segaug fit STUDY")
    table = table_of(args)
    return _table(table, args) if table else _study(args)


def _table(table: Path, args: Namespace) -> int:
    from segaug.analysis.curves.fit_curves import fit_table
    from segaug.cli import fit_files, fit_output

    fits = fit_table(table, nested=args.nested, resamples=args.resamples)
    folder = table.with_name(f"{table.stem}_fit")
    written = fit_files.write(folder, fits)
    fit_output.show(fits, forms=args.forms)
    print(f"wrote {folder}: {', '.join(written)}")
    return 0


def _study(args: Namespace) -> int:
    from segaug.results.mirror import log_tables
    from segaug.results.planned import planned_trials
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import Store, find_study
    from segaug.results.tracker import tracker_from_plan

    store = Store(find_study(args.study))
    frames = _fit(args, Snapshot(store.folder), planned_trials(store), store.folder / "fit")
    log_tables(store.folder, tracker_from_plan(store.plan()), frames, [], job_type="fit")
    return 0


def _mirrored(args: Namespace) -> int:
    from segaug.results.mirror.fetch import fetch_study
    from segaug.results.store import RESULTS

    if args.study or args.nested:
        extra = "--nested" if args.nested else "STUDY"
        raise ConfigError(key=extra, problem="does not go with --from", fix="leave it out; --study NAME names a study")
    study = fetch_study(args.source, args.name)
    print(f"read {study.name} from {args.source}: {study.runs} runs")
    _fit(args, study, study.planned, RESULTS / study.name / "fit_from_wandb")
    return 0


def _fit(args: Namespace, source: "TrialSource", planned: "pd.DataFrame", folder: Path) -> dict[str, "pd.DataFrame"]:
    """Fit, write and print; returns the tables."""
    from segaug.analysis.curves.export import fits_frame, points_frame
    from segaug.analysis.curves.fit_curves import fit_source
    from segaug.cli import fit_files, fit_output

    wanted = tuple(MEASURES) if args.metric == "all" else (args.metric or METRICS[0],)
    fits = {metric: fit_source(source, planned, metric, args.resamples) for metric in METRICS if metric in wanted}
    curves = [curve for found in fits.values() for curve in found]
    written = fit_files.write(folder, curves)
    if len(fits) > 1:
        fit_output.show_orders(fits)
    else:
        fit_output.show(curves, forms=args.forms)
    print(fit_output.trial_counts(next(iter(fits.values()))))
    print(f"wrote {folder}: {', '.join(written)}")
    return {"fits": fits_frame(curves), "curves": points_frame(curves)}
