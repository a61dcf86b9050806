"""`segaug collect`: bring the columns of a study up to date, so that whatever reads it next starts at once."""

import time
from argparse import ArgumentParser, Namespace

from segaug.files import writing_into
from segaug.results.left_out import in_short
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
    snapshot = Snapshot(store.folder, quiet=True, must_write=True)
    with writing_into(store.folder):
        table = snapshot.plain_trials()
    held, asked = set(table["id"]), [trial["id"] for trial in store.plan()["trials"]]
    missing = [trial for trial in asked if trial not in held]
    took = time.monotonic() - start
    print(f"{len(table)} records in {took:.1f} s, {len(missing)} of {len(asked)} planned are missing")
    for path in TrialFiles.of(store).leftovers(held):
        path.unlink(missing_ok=True)
    for line in in_short(snapshot.left_out.values()):
        print(f"left out: {line}")
    for name in FILES:
        print(f"{store.folder / name}: {(store.folder / name).stat().st_size / 2**20:.1f} MiB")
    return 1 if missing else 0
