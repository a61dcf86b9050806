"""Equal problems of many files are one sentence with a count."""

import re
from collections.abc import Sequence

from segaug.data.strange import StrangeValuesError
from segaug.errors import DataError

_NUMBER = re.compile(r"\d+")


def said_once(problems: Sequence[DataError]) -> list[str]:
    """In the order in which they came first; what differs only in the file and in numbers is joined."""
    alike: dict[object, list[DataError]] = {}
    for problem in problems:
        alike.setdefault(_kind(problem), []).append(problem)
    return [_sentence(each) for each in alike.values()]


def _kind(problem: DataError) -> object:
    if isinstance(problem, StrangeValuesError):
        return StrangeValuesError, problem.declared
    return _NUMBER.sub("0", problem.problem), problem.fix


def _sentence(problems: list[DataError]) -> str:
    first, files = problems[0], list(dict.fromkeys(problem.file for problem in problems))
    if len(files) < 2:
        return str(first)
    strange = [problem for problem in problems if isinstance(problem, StrangeValuesError)]
    if strange:
        return str(_joined(f"{files[0]} and {len(files) - 1} more", strange))
    if len({problem.problem for problem in problems}) == 1:
        return str(DataError(file=f"{files[0]} and {len(files) - 1} more", problem=first.problem, fix=first.fix))
    return f"{first} ({len(files) - 1} more of this kind, with other numbers)"


def _joined(where: str, problems: list[StrangeValuesError]) -> StrangeValuesError:
    """All undeclared values of a set, each with the number of masks that hold it."""
    masks: dict[int, int] = {}
    for problem in problems:
        for value in problem.counts:
            masks[value] = masks.get(value, 0) + 1
    return StrangeValuesError(
        file=where, counts=dict(sorted(masks.items())), unit="masks", declared=problems[0].declared
    )
