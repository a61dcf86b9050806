"""`segaug explain`: what happened to a cell or a trial, where its files are, and what to do about it."""

from argparse import ArgumentParser, Namespace
from difflib import get_close_matches

from segaug.cli.explanation import explain_trial
from segaug.errors import ConfigError
from segaug.results.planned import planned_rows
from segaug.results.states import WITH_RESULT
from segaug.results.store import Json, Store, find_study
from segaug.ways import plain_row

SHOWN_WHOLE = 3  # trials of a cell that did not end well; of the others one line each


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study and what to explain."""
    parser.epilog = "CELL: task/model/strategy/n16, the same with /seed3, the id of a trial, or its first letters."
    parser.add_argument("study", help="name under results/ or folder")
    parser.add_argument("cell", metavar="CELL", help="a cell or a trial")


def run(args: Namespace) -> int:
    """Print the story of each trial that is meant; 1 if any of them has no result."""
    store = Store(find_study(args.study))
    stories = [explain_trial(store, trial, path_of(trial)) for trial in chosen(store.plan()["trials"], args.cell)]
    troubled = [story for story in stories if story.state not in WITH_RESULT]
    for story in stories:
        whole = len(stories) == 1 or story in troubled[:SHOWN_WHOLE]
        print("\n".join(story.lines if whole else story.lines[:1]))
    if len(stories) > 1:
        print(f"{len(stories)} trials: {len(stories) - len(troubled)} have a result, {len(troubled)} have none")
    return 1 if troubled else 0


def path_of(trial: Json) -> str:
    """How a trial is named on the command line."""
    return f"{trial['task']}/{trial['model']}/{trial['strategy']}/n{trial['size']}/seed{trial['seed']}"


def chosen(trials: list[Json], cell: str) -> list[Json]:
    """Planned trials that `cell` means, by any way of predicting; raises ConfigError naming what it may have meant."""
    wanted = cell.strip("/")
    meant = [trial for trial in trials if any(f"{path}/".startswith(f"{wanted}/") for path in _paths(trial))]
    meant = meant or [trial for trial in trials if trial["id"].startswith(plain_row(wanted)[0])]
    if not meant:
        cells = {path_of(trial).rpartition("/")[0] for trial in trials}
        close = get_close_matches(wanted, cells, n=3, cutoff=0.3) or sorted(cells)[:3]
        raise ConfigError(
            key="CELL", problem=f"{cell!r} is in no plan of this study", fix=f"for example {', '.join(close)}"
        )
    return meant


def _paths(trial: Json) -> list[str]:
    """Of a trial by each of its ways of predicting."""
    return [path_of(row) for row in planned_rows([trial])]
