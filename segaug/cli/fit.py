"""`segaug fit`: fit E(N) = a N^-b + c to every curve of a study, print the laws and write them beside the records."""

from argparse import ArgumentParser, Namespace

from segaug.analysis.metric import METRICS

_RESAMPLES = 1000  # that of analysis/bootstrap.py, which is too heavy to import for a help text


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/; default: the latest one")
    parser.add_argument(
        "--metric", choices=METRICS, default=METRICS[0], help="test error to fit (default: %(default)s)"
    )
    parser.add_argument(
        "--resamples", type=int, default=_RESAMPLES, help="bootstrap resamples of the seeds (default: %(default)s)"
    )


def run(args: Namespace) -> int:
    """Fit, write <study>/fit/ and print."""
    from rich.console import Console

    from segaug.analysis.curves import fit_study
    from segaug.analysis.export import fits_frame, points_frame
    from segaug.cli import fit_output
    from segaug.results.mirror import log_tables
    from segaug.results.store import Store, find_study
    from segaug.results.tracker import tracker_from_plan

    store = Store(find_study(args.study))
    records = store.records()
    fits = fit_study(records, args.metric, args.resamples)
    written = fit_output.write(store.folder / "fit", records, fits)
    console = Console(markup=False, highlight=False)
    for table in fit_output.tables(fits):
        console.print(table)
    console.print(fit_output.trial_counts(store, records))
    console.print(f"wrote {', '.join(written)} to {store.folder / 'fit'}", soft_wrap=True)
    frames = {"fits": fits_frame(fits), "curves": points_frame(fits)}
    log_tables(store.folder, tracker_from_plan(store.plan()), frames, [], job_type="fit")
    return 0
