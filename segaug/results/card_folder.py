"""Where a study keeps what its page shows of a data set."""

from pathlib import Path

from segaug.file_name import file_name
from segaug.name import is_name
from segaug.results.inside import inside

_HOME = "cards"


def card_folder(study: Path, task: str) -> Path:
    """Folder of the card of a task; raises DataError where it is a link.

    Studies of earlier versions have it under the task's own name, where that could be a folder's: there it stays.
    """
    folder = inside(study, _HOME, file_name(task))
    if folder.name == task or not _was_taken(task):
        return folder
    earlier = inside(study, _HOME, task)
    return earlier if earlier.is_dir() else folder


def card_folders(study: Path) -> list[Path]:
    """All that there are; raises DataError where one is a link."""
    home = inside(study, _HOME)
    return [inside(home, path.parent.name) for path in sorted(home.glob("*/card.json"))]


def _was_taken(task: str) -> bool:
    """Could a folder have this name?"""
    return is_name(task) and task not in ("", ".", "..") and not set(task) & {"/", "\\"} and len(task.encode()) < 256
