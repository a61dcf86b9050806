"""What lies in a study lies in its folder: no name and no link leads out of it.

The folder of a study, and any above it, may be a link: on clusters results often lie behind one.  Links inside are
refused wherever they lead, for what is written through one changes files that nobody named.
"""

import os
from pathlib import Path

from segaug.errors import DataError

TRIALS = "trials"
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # flag of `os.open`, without a further look at the file; unknown on Windows
NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # another one: a pipe would be waited for


def inside(study: Path, *names: str) -> Path:
    """The path of a file or folder of a study; raises DataError where it or a folder on the way to it is a link.

    names: one for each folder, then the file's; what is no such name is refused as well.
    """
    path = study
    for name in names:
        path = path / component(name, study)
        if path.is_symlink():
            raise linked(path)
    return path


def component(name: str, study: Path) -> str:
    """The name, if it stands for something in whatever folder it is looked up; raises DataError naming the study."""
    if name in ("", ".", "..") or set(name) & {"/", "\\", "\0"}:
        problem = f"would hold a file called {name!r}, which leads elsewhere"
        raise DataError(file=study, problem=problem, fix="remove the record or the plan that names it")
    return name


def trial_folders(study: Path) -> list[os.DirEntry[str]]:
    """All folders of trials; raises DataError where one is a link.  No file is asked for more than its name."""
    trials = inside(study, TRIALS)
    if not trials.is_dir():
        return []
    with os.scandir(trials) as listing:
        entries = list(listing)
    for entry in entries:
        if entry.is_symlink():
            raise linked(Path(entry.path))
    return [entry for entry in entries if entry.is_dir()]


def linked(path: Path) -> DataError:
    """What is wrong with a link, and how to mend it."""
    fix = "put what it leads to in its place; only the folder of a study, or one above it, may be a link"
    return DataError(file=path, problem=f"is a link to {os.readlink(path)}, inside a study", fix=fix)
