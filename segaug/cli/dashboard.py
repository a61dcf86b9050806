"""`segaug dashboard`: make the W&B workspace and report of a study."""

from argparse import ArgumentParser, Namespace

from segaug.errors import ConfigError


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/ (default: the latest one)")
    parser.add_argument("--entity", help="W&B user or team (default: that of the study, or of the account)")
    parser.add_argument("--project", help="W&B project (default: that of the study, or segaug)")


def run(args: Namespace) -> int:
    """Send the fitted laws, then save both pages."""
    from segaug.results.mirror.dashboard import require_package

    require_package()
    import pandas as pd

    from segaug.cli.sync import tracker_of
    from segaug.results.inside import inside
    from segaug.results.mirror.views import make_dashboard
    from segaug.results.store import Store, find_study

    store = Store(find_study(args.study))
    tables = [inside(store.folder, "fit", f"{name}.parquet") for name in ("fits", "curves")]
    if not all(table.is_file() for table in tables):
        raise ConfigError(
            key="dashboard", problem="the study has no fit", fix=f"run `segaug fit {store.folder.name}` first"
        )
    fits, points = map(pd.read_parquet, tables)
    made = make_dashboard(store, tracker_of(store, entity=args.entity, project=args.project), fits, points)
    print(f"workspace {made.workspace}\nreport    {made.report}")
    print(f"{made.sent} of {len(fits)} laws sent, the others were there; `segaug sync` sends the trials")
    return 0
