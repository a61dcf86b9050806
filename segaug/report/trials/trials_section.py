"""Which trials are done, and why others are not."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.report.blocks.section import Block, Section
from segaug.report.study.study import Study
from segaug.report.trials.completion import completion
from segaug.report.trials.times import Failure, failures


@dataclass(frozen=True)
class _Failures:
    template: ClassVar[str] = "failures.html"
    failures: tuple[Failure, ...]


def section(study: Study) -> Section:
    """Counts of every cell, and errors with their tracebacks."""
    blocks: list[Block] = [completion(study)]
    if study.failures:
        blocks.append(_Failures(tuple(failures(study))))
    return Section("trials", "Trials", "Trials", tuple(blocks), finding=_finding(study))


def _finding(study: Study) -> str:
    """How many are done."""
    lacking = ((len(study.failures), "failed"), (len(study.missing), "not done yet"))
    words = "".join(f", {count:,} {state}" for count, state in lacking if count)
    return f"{len(study.trained):,} of {len(study.trials):,} trials have a result{words}."
