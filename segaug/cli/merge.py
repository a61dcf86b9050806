"""`segaug merge`: one study of the folders in which machines have run its shards."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.errors import DataError
from segaug.results.store import RESULTS, Store, find_study

if TYPE_CHECKING:
    from segaug.results.gathered import Conflict, Gathered

SHOWN = 10  # of things that may be many
EPILOG = """\
Every record is verified, and copied as it is; the folders are not changed. The first record
of a trial counts, in the order of the folders; another result of the same trial is kept
beside it. Folders that hold other data of a task, or another protocol of a curve, are
refused, and then nothing is copied. The same command goes on after an interruption, and
takes what has come since; `segaug train` on STUDY, without shard=, runs what is missing.

Exit code: 0; 1 when something was left out or does not agree, 2 when nothing was merged.

examples:
  segaug merge node1/results/main node2/results/main --into results/main
  segaug merge shard-* --into whole
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the folders and where they go."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EPILOG
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="study folder, or its name under results/")
    parser.add_argument(
        "--into", required=True, metavar="STUDY", help="folder, or name under results/; new, or a study"
    )
    parser.add_argument("--dry-run", action="store_true", help="verify and compare, and write nothing")


def run(args: Namespace) -> int:
    """Verify, compare, copy, and say what does not agree."""
    from segaug.results.gathered import conflicts, facts_of_study, gather
    from segaug.results.merging import check_places

    folders = list({folder.resolve(): folder for folder in map(find_study, args.folders)}.values())
    study = _target(args.into)
    check_places(folders, study)
    gathered = [gather(folder) for folder in folders]
    facts = [(source.folder, source.facts) for source in gathered]
    if study.is_dir():
        facts.insert(0, (study, facts_of_study(study)))
    _refuse(conflicts(facts, "data"), study, "contents of a data set", "`segaug data check` shows which files differ")
    _refuse(conflicts(facts, "protocol"), study, "protocols in a curve", "their commands differ in protocol options")
    mixed = conflicts(facts, "code")
    if args.dry_run:
        _print_gathered(gathered)
        print("nothing was written")
        differ = 0
    else:
        differ = _merge(gathered, study)
    for conflict in mixed[:SHOWN]:
        print(f"other code: {conflict}")
    left_out = [line for source in gathered for line in source.left_out]
    for line in left_out[:SHOWN]:
        print(f"left out: {line}")
    if len(left_out) > SHOWN:
        print(f"left out: {len(left_out) - SHOWN} more")
    return 1 if mixed or left_out or differ else 0


def _target(name: str) -> Path:
    """A path, or a name under results/ unless a folder of that name is here."""
    path = Path(name)
    return RESULTS / name if path.name == name and not path.exists() else path


def _refuse(conflicts: "Sequence[Conflict]", study: Path, what: str, hint: str) -> None:
    if conflicts:
        listed = "; ".join(map(str, conflicts[:SHOWN]))
        raise DataError(
            file=study, problem=f"would mix {what}: {listed}",
            fix=f"nothing was merged; leave out the folders that differ, or merge them on their own ({hint})",
        )  # fmt: skip


def _merge(gathered: "Sequence[Gathered]", study: Path) -> int:
    """Copy; returns how many trials have results that differ."""
    from segaug.files import writing_into
    from segaug.results.card_files import merge_cards
    from segaug.results.merging import merge
    from segaug.results.trial_files import TrialFiles

    with writing_into(study):
        counts = merge(gathered, study)
        for source in gathered:
            merge_cards(source.folder, study)
    _print_gathered(gathered, counts)
    store = Store(study)
    asked = {trial["id"] for trial in store.plan()["trials"]}
    files = TrialFiles.of(store)
    held = {trial for trial, names in files.names.items() if "record.json" in names}
    missing = len(asked - held)
    print(f"{study}: {len(held)} records; {missing} of {len(asked)} planned trials are missing")
    rivals = files.rivals(held)
    differ = {trial: [rival for rival in others if rival.differs] for trial, others in rivals.items()}
    differ = {trial: others for trial, others in differ.items() if others}
    for trial, others in list(differ.items())[:SHOWN]:
        print(f"differs: {trial}: {', '.join(others[0].differs[:SHOWN])} ({others[0].path})")
    if missing:
        print(f"to go on: {store.plan().get('command') or 'the same `segaug train` command as before'}")
    return len(differ)


def _print_gathered(gathered: "Sequence[Gathered]", counts: "Sequence[Counter[str]]" = ()) -> None:
    """A line a folder."""
    for place, source in enumerate(gathered):
        counted = ", ".join(f"{count} {what}" for what, count in (counts[place].items() if counts else ()))
        print(f"{source.folder}: {len(source.records)} records verified" + (f": {counted}" if counted else ""))
