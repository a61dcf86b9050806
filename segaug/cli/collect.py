"""`segaug collect`: bring the columns of a study up to date, so that whatever reads it next starts at once."""

import time
from argparse import ArgumentParser, Namespace

import pandas as pd

from segaug.files import writing_into
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store, find_study
from segaug.results.trial_files import TrialFiles

FILES = ("snapshot.parquet", "cases.parquet")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study."""
    parser.epilog = "Exit code: 0 when every planned trial is in it, 1 when any is missing or damaged."
    parser.add_argument("study", nargs="?", help="name under results/ or folder; the one written last if left out")


def run(args: Namespace) -> int:
    """Verify every new record, write the columns, tidy up, and say what they hold."""
    store, start = Store(find_study(args.study)), time.monotonic()
    table = _written(store)
    held, asked = set(table["id"]), [trial["id"] for trial in store.plan()["trials"]]
    missing = [trial for trial in asked if trial not in held]
    files = TrialFiles.of(store)
    damaged = files.damaged(missing)
    took = time.monotonic() - start
    print(f"{len(table)} records in {took:.1f} s, {len(missing)} of {len(asked)} planned are missing")
    for path in files.leftovers(held):
        path.unlink(missing_ok=True)
    for path in damaged:
        print(f"damaged, left out: {path}; the same `segaug train` command makes it again")
    for name in FILES:
        print(f"{store.folder / name}: {(store.folder / name).stat().st_size / 2**20:.1f} MiB")
    return 1 if missing else 0


def _written(store: Store) -> pd.DataFrame:
    with writing_into(store.folder):
        return Snapshot(store.folder, skip_damaged=True, must_write=True).trials()
