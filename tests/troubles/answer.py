"""Ask as a user does, in this process, and collect the sentences of the answer."""

from dataclasses import dataclass
from pathlib import Path

from segaug.data.check.check import check
from segaug.data.copies.report import report_copies
from segaug.data.understand.built import built
from segaug.data.understand.found import Wishes
from segaug.data.understand.proposal import understand
from segaug.errors import UserError
from tests.troubles.trouble import Asked


@dataclass(frozen=True)
class Answer:
    """foreground: of each mask, in order of size; of a check that came to an end."""

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    foreground: tuple[float, ...] = ()


def answered(asked: Asked) -> Answer:
    """What stops the command is a problem."""
    try:
        return {"check": _checked, "import": _imported, "copies": _copies}[asked.verb](asked)
    except UserError as error:
        return Answer((str(error),))


def _checked(asked: Asked) -> Answer:
    report = check(built(asked.kind, asked.options))
    shares = tuple(sorted(case.foreground for case in report.cases if case.foreground is not None))
    return Answer(report.problems, report.notes, shares)


def _imported(asked: Asked) -> Answer:
    """options: root, and what is said beside it."""
    options = {key: value for key, value in asked.options.items() if key != "root"}
    proposal = understand(Path(asked.options["root"]), Wishes(name="mine", options=options))
    told = tuple(f"{subject}: {sentence}" for subject, own in proposal.told.items() for sentence in own)
    asks = () if proposal.asks is None else (str(proposal.asks),)
    return Answer((*proposal.problems, *asks), told)


def _copies(asked: Asked) -> Answer:
    """A sentence of each pair that the split does not keep together by itself."""
    report = report_copies(built(asked.kind, asked.options))
    ids = [case.id for case in report.cases]
    apart = [sorted((ids[pair.first], ids[pair.second])) for pair in report.pairs if not report.kept(pair)]
    return Answer((), tuple(f"{one} and {other} are copies" for one, other in apart))
