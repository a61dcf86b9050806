"""`segaug sync`: build or repair the W&B project of a study from its local records."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from segaug.cli.bar import Bar
from segaug.results.left_out import SHOWN
from segaug.results.tracker import GRANULARITIES, WandbTracker

if TYPE_CHECKING:
    from segaug.results.mirror.sync import Synced
    from segaug.results.store import Store


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/ (default: the latest one)")
    parser.add_argument("--entity", help="W&B user or team (default: that of the study, or of the account)")
    parser.add_argument("--project", help="W&B project (default: that of the study, or segaug)")
    parser.add_argument(
        "--granularity", choices=GRANULARITIES,
        help="one run for each curve, for each cell (all seeds) or for each trial (default: the study's, or cell)",
    )  # fmt: skip
    parser.add_argument(
        "--offline", action="store_true", help="write files below the study instead, for `wandb sync` elsewhere"
    )


def run(args: Namespace) -> int:
    """Send what is not there, and say what was sent."""
    from segaug.results.mirror.sync import sync_study
    from segaug.results.store import Store, find_study

    store = Store(find_study(args.study))
    tracker = tracker_of(
        store, "offline" if args.offline else "online",
        entity=args.entity, project=args.project, granularity=args.granularity,
    )  # fmt: skip
    with Bar() as bar:
        synced = sync_study(store, tracker, progress=lambda done, total, _: bar("runs", done, total))
    _tell(store, tracker, synced)
    return 0 if synced.complete else 1


def tracker_of(store: "Store", mode: str = "online", **asked: str | None) -> WandbTracker:
    """The study's own tracker, changed where asked for."""
    from segaug.results.tracker import tracker_from_plan

    planned = tracker_from_plan(store.plan())
    tracker = planned if isinstance(planned, WandbTracker) else WandbTracker()
    return replace(tracker, mode=mode, **{key: value for key, value in asked.items() if value is not None})


def _tell(store: "Store", tracker: WandbTracker, synced: "Synced") -> None:
    words = {
        "written": "sent",
        "unchanged": "there already",
        "failed": "failed",
        "refused": "refused",
        "left": "not tried",
    }
    total = synced.counts.total()
    where = synced.path or f"{store.folder}/wandb"
    counts = ", ".join(f"{synced.counts[kind]} {word}" for kind, word in words.items() if synced.counts[kind])
    print(f"{where}: {total} runs, one for each {tracker.granularity} and one for the study: {counts}")
    if synced.only_remote:
        print(
            f"{synced.only_remote} runs of this study are only in W&B: no record stands for them; they were left alone"
        )
    for name, problem in list(synced.problems.items())[:SHOWN]:
        print(f"  {name}: {problem}")
    if len(synced.problems) > SHOWN:
        print(f"  and {len(synced.problems) - SHOWN} more")
    if not synced.complete:
        print(f"nothing is lost; `segaug sync {store.folder.name}` again sends what is missing, and only that")
    elif not synced.path:
        print(f"where there is a network: `segaug sync`, or `wandb sync {where}/offline-run-*`")
