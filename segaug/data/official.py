"""Parts of a set that its publisher has named: which images are to train, to validate and to test on."""

from collections import defaultdict
from collections.abc import Sequence

from segaug.data.task import Case
from segaug.errors import ConfigError, DataError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
WORDS = {
    **dict.fromkeys(("train", "training", "tr"), TRAIN),
    **dict.fromkeys(("validation", "val", "valid", "dev"), VALIDATION),
    **dict.fromkeys(("test", "testing", "ts"), TEST),
}
"""What publishers write for each, in whatever case of letters."""
Groups = list[list[int]]  # rows of images that stay together


def part_of(word: str, named_in: object) -> str:
    """The part that a cell of a table, a folder or an array names; an empty cell names none."""
    if not word:
        return ""
    try:
        return WORDS[word.strip().lower()]
    except KeyError:
        fix = f"write one of {', '.join(WORDS)}, or leave it empty where the split is to decide"
        raise DataError(file=named_in, problem=f"{word!r} is no part of a split", fix=fix) from None


def by_part(cases: Sequence[Case], waiting: Groups, target: Sequence[str]) -> dict[str, Groups]:
    """The groups of each official part, each in the order given; those that name none are for training.

    Raises where images that must stay together are in two parts, and where target sites are to decide as well.
    """
    if target:
        problem = "names sites to validate and test on, but the official parts of the set name such images too"
        fix = "set 'dataset.split.target=[]', or leave the parts out (dataset.split.column=null, * for {part})"
        raise ConfigError(key="dataset.split.target", problem=problem, fix=fix)
    parts: dict[str, Groups] = defaultdict(list)
    for rows in waiting:
        named = {cases[row].part or TRAIN: cases[row] for row in rows}
        if len(named) > 1:
            raise _on_two(*list(named.items())[:2])
        parts[next(iter(named))].append(rows)
    return parts


def _on_two(first: tuple[str, Case], second: tuple[str, Case]) -> DataError:
    """What to say where one patient, or near copies of one image, are in two parts."""
    (part, one), (other, two) = first, second
    if one.patient == two.patient:
        same = f"patient {one.patient}"
    else:
        same = f"patients {one.patient} and {two.patient}, whose images are near copies"
    problem = f"is in the official part {part}, and {two.location} in {other}, but both are of {same}"
    fix = "correct the parts or the patients, or let the split decide: dataset.split.column=null, or {class} for {part}"
    return DataError(file=one.location, problem=problem, fix=fix)
