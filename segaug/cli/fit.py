"""`segaug fit`: fit E(N) = a N^-b + c to every curve of a study or of a table, print and write what may be said."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.analysis.interval import RESAMPLES
from segaug.cli.metric_text import ALL, add_metric
from segaug.cli.site_option import add_site, refuse_site
from segaug.cli.study_or_table import add_source, read_table, table_of
from segaug.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from segaug.analysis.sites.fall import Fall
    from segaug.analysis.sites.scored import Scored
    from segaug.results.source import TrialSource
    from segaug.results.store import Store


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    add_source(parser)
    add_metric(parser, "fit", f"; {ALL}: who is first by each test error, and where they disagree")
    add_site(parser)
    parser.add_argument(
        "--resamples", type=int, default=RESAMPLES, help="draws of seeds and of test cases (default: %(default)s)"
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
    from segaug.analysis.curves.fitting import fit_table
    from segaug.cli import fit_files, fit_output

    refuse_site(args, "a table")
    fits = fit_table(read_table(table, args), resamples=args.resamples)
    folder = table.with_name(f"{table.stem}_fit")
    written = fit_files.write(folder, fits)
    fit_output.show(fits, forms=args.forms)
    print(f"wrote {folder}: {', '.join(written)}")
    return 0


def _study(args: Namespace) -> int:
    from segaug.results.inside import inside
    from segaug.results.mirror import log_tables
    from segaug.results.planned import planned_trials
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import Store, find_study
    from segaug.results.tracker import tracker_from_plan

    store = Store(find_study(args.study))
    if args.site is not None:
        return _at_site(args, store)
    frames = _fit(args, Snapshot(store.folder), planned_trials(store), inside(store.folder, "fit"))
    log_tables(store.folder, tracker_from_plan(store.plan()), frames, [], job_type="fit")
    return 0


def _at_site(args: Namespace, store: "Store") -> int:
    """On the test set of one site, in a folder of its own; W&B shows the curves on each task's own test set alone."""
    from segaug.analysis.comparison.compare import BASELINE
    from segaug.analysis.sites.scored import Scored
    from segaug.cli.fall_files import write_falls
    from segaug.cli.fall_output import fall_lines
    from segaug.file_name import file_name
    from segaug.results.inside import inside
    from segaug.results.planned import planned_trials
    from segaug.results.snapshot import Snapshot

    scored = Scored(Snapshot(store.folder))
    source = scored.source(args.site)
    folder = inside(store.folder, "fit", file_name(args.site))
    falls = _falls(scored, args)  # before anything is written: it refuses what cannot be asked of the site
    print(f"tested on {args.site}")
    _fit(args, source, source.planned(planned_trials(store)), folder)
    for line in fall_lines(falls, BASELINE):
        print(line)
    if written := write_falls(folder, falls):
        print(f"wrote {folder}: {', '.join(written)}")
    return 0


def _falls(scored: "Scored", args: Namespace) -> "list[Fall]":
    """To the site, of each metric."""
    from segaug.analysis.sites.fall import falls_to
    from segaug.analysis.trials.measured import metrics_to_compare

    metrics = [args.metric]
    if args.metric == ALL:
        there, everywhere = (metrics_to_compare(table)[0] for table in (scored.table(args.site), scored.trials))
        metrics = [metric for metric in there if metric in everywhere]
    return [fall for metric in metrics for fall in falls_to(scored, args.site, metric, resamples=args.resamples)]


def _mirrored(args: Namespace) -> int:
    from segaug.file_name import file_name
    from segaug.results.inside import inside
    from segaug.results.mirror.fetch import fetch_study
    from segaug.results.store import RESULTS

    refuse_site(args, "--from")
    if args.study or args.nested or args.columns:
        extra = "STUDY" if args.study else "--nested" if args.nested else "--columns"
        raise ConfigError(key=extra, problem="does not go with --from", fix="leave it out; --study NAME names a study")
    study = fetch_study(args.source, args.name)
    print(f"read {study.name} from {args.source}: {study.runs} runs")
    _fit(args, study, study.planned, inside(RESULTS / file_name(study.name), "fit_from_wandb"))
    return 0


def _fit(args: Namespace, source: "TrialSource", planned: "pd.DataFrame", folder: Path) -> dict[str, "pd.DataFrame"]:
    """Fit, write and print; returns the tables."""
    from segaug.analysis.curves.export import fits_frame, points_frame
    from segaug.analysis.curves.fitting import fit_measured
    from segaug.analysis.trials.measured import not_measured
    from segaug.analysis.trials.table import study_trials, with_unfinished
    from segaug.cli import fit_files, fit_output

    tables, notes = _tables(args.metric, with_unfinished(study_trials(source), planned))
    fits = {metric: fit_measured(source, table, args.resamples) for metric, table in tables.items()}
    curves = [curve for of_metric in fits.values() for curve in of_metric]
    written = fit_files.write(folder, curves)
    if args.metric == ALL:
        fit_output.show_orders(fits)
    else:
        fit_output.show(curves, forms=args.forms)
    print(fit_output.trial_counts(list({curve.key: curve for curve in reversed(curves)}.values())))
    for note in filter(None, (*map(not_measured, tables.values()), *notes)):
        print(note)
    print(f"wrote {folder}: {', '.join(written)}")
    return {"fits": fits_frame(curves), "curves": points_frame(curves)}


def _tables(metric: str | None, table: "pd.DataFrame") -> tuple[dict[str, "pd.DataFrame"], list[str]]:
    """The trials with the errors of each metric that is fitted, and what is left out of `ALL`."""
    from segaug.analysis.trials.measured import measured, metrics_to_compare, where_it_fits

    if metric != ALL:
        return {metric or "": measured(table, metric)}, []
    metrics, zero = metrics_to_compare(table)
    notes = [f"{name} is 0 in places, which no law can take: left out" for name in zero]
    return {name: measured(where_it_fits(table, name), name) for name in metrics}, notes
