"""A record as of another test set: that of a further source of its task, which the trial was scored on, too.

It is to test sets what `by_way` is to ways of predicting: what makes a row of a record makes one of each of these, and
they are named after their sites.  A site is a data set by the name of its config.  Its own test set is the one that a
trial was validated beside; of the others the record has scores by the plain way, and on each image.  What nobody has
measured there is not in it: values per patient, masks, and what predictions score that never look at an image.
"""

from segaug.results.by_way import Own, Record, made_by, of_training
from segaug.results.pooled import sources_of
from segaug.ways import PLAIN

_AT, _ROW_AT, _TESTED_ON = ", at ", "@", ", tested on "
_UNKNOWN_THERE = ("patient_cases", "hd95", "masks", "nsd", "recalibration", "diagnostics")


def task_at(task: str, site: str) -> str:
    """What a task is called where another test set stands in the place of its own."""
    return f"{task}{_AT}{site}"


def plain_task(task: str) -> str:
    """The task of a trial, whatever its test set."""
    plain, mark, _ = task.rpartition(_AT)
    return plain if mark else task


def row_at(trial: str, site: str) -> str:
    """What names the results of a trial on another test set, by the id of the trial."""
    return f"{trial}{_ROW_AT}{site}"


def own_site(task: str, sources: str) -> str:
    """Whose test set a trial's own is; task, sources: as its row has them, of a single source the task's data set."""
    _, mark, target = task.rpartition(_TESTED_ON)
    return target if mark else trained_site(task, sources)


def trained_site(task: str, sources: str) -> str:
    """Whose images N counts."""
    bases = [share.name for share in sources_of(sources) if share.role == "base"]
    return bases[0] if bases else task.partition("(")[0]


def scored_sites(task: str, sources: str) -> list[str]:
    """Whose test sets a trial was scored on, its own first."""
    own = own_site(task, sources)
    return [own, *(share.name for share in sources_of(sources) if share.name != own)]


def unseen(sources: str, site: str) -> bool:
    """Is the site one of several sources, of which no image was trained on?"""
    return any(share.name == site and share.training == 0 for share in sources_of(sources))


def at_site(record: Record, site: str) -> Own:
    """The record as if the test set of this site were its own; it is one of several sources, and not the own one."""
    source = record["sources"][site]
    own = {
        "id": row_at(record["id"], site),
        "task": task_at(record["task"], site),
        "status": record["status"] if source["test"] else "diverged",
        "test": source["test"],
        "cases": source["cases"],
        "reference": {},
        "history": of_training(record["history"]),
        **dict.fromkeys(_UNKNOWN_THERE),
    }
    return made_by(PLAIN, {**{key: value for key, value in record.items() if key != "ways"}, **own})
