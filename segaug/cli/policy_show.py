"""What `segaug policy show` prints: plain lines that fit 80 columns; and what it writes."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.plain_json import json_bytes
from segaug.analysis.policies.cells import ClassPolicy, PolicyCell
from segaug.analysis.policies.changes import Change
from segaug.analysis.policies.record import change_rows, policies_record
from segaug.cli.plain_lines import sentence, table
from segaug.files import write_atomic, writing_into
from segaug.findings.numbers import p_value
from segaug.findings.phrases import counted
from segaug.findings.policies import (
    CHANGE,
    HOLM,
    LEAST_REACH,
    agree_words,
    apart_words,
    clear_words,
    effect_words,
    group_words,
    joined_words,
    option_words,
    reach_words,
)
from segaug.results.inside import inside

_STEM = "policies"
_HEADER = ("group", "start", "end", "change", "p Holm", "rose most")
_LEFT = ("group", "change", "rose most")
_LEGEND = ("start, end: probability that nothing of the group is done", CHANGE, HOLM, "rose most: of all its options")


def show(study: Path, cells: Sequence[PolicyCell], args: Namespace) -> None:
    """Print one object or table and no more; or all in words, and write <study>/policy/."""
    files = {".csv": csv_bytes(pd.DataFrame(change_rows(cells))), ".json": json_bytes(policies_record(cells))}
    if args.json or args.csv:
        print(files[".json" if args.json else ".csv"].decode(), end="")
        return
    for line in lines(cells):
        print(line)
    folder = inside(study, "policy")
    with writing_into(study):
        for suffix, data in files.items():
            write_atomic(inside(folder, f"{_STEM}{suffix}"), data)
    print(f"\nwrote {', '.join(f'{_STEM}{suffix}' for suffix in files)} to {folder}")


def lines(cells: Sequence[PolicyCell]) -> Iterator[str]:
    """A block for each task, network, strategy and N."""
    for cell in cells:
        yield ""
        yield from sentence(f"{cell.where}, {counted(len(cell.seeds), 'seed')}")
        for policy in cell.classes:
            yield from ("", *_policy(policy))
        yield ""
        for words in (*clear_words(cell), apart_words(cell), *_about(cell)):
            yield from sentence(words, 2)
    yield ""
    for words in _LEGEND:
        yield from sentence(words)


def _policy(policy: ClassPolicy) -> Iterator[str]:
    yield from sentence(f"{policy.name}, {policy.rows:.0f} rows", 2)
    yield from table(_HEADER, [_cells(change) for change in policy.changes], _LEFT)


def _cells(change: Change) -> tuple[str, ...]:
    return (
        group_words(change.group),
        f"{change.start:.2f}",
        f"{change.end:.2f}",
        effect_words(change.effect),
        p_value(change.p_holm) + ("*" if change.clear else ""),
        f"{option_words(change.group, change.risen)} {change.risen_by:+.2f}",
    )


def _about(cell: PolicyCell) -> Iterator[str]:
    if agreed := agree_words(cell):
        yield agreed
    if joined := joined_words(cell):
        yield f"at test time, with their mean weights: {joined}"
    still = max(cell.numbers("beta_updates")) < LEAST_REACH
    yield reach_words(cell) + (": too little to change much, set a larger augment.beta" if still else "")
