"""What may be read from the curves."""

from segaug.analysis.law.verdict import ENOUGH_SIZES
from segaug.findings.phrases import counted
from segaug.report.blocks.section import Block, Folded, Items, Section, Text
from segaug.report.laws.verdicts import claim_conditions, verdict_table, without_verdict
from segaug.report.study.study import Study


def section(study: Study) -> Section:
    """A row a curve, in words."""
    blocks: list[Block] = []
    if table := verdict_table(study):
        blocks.append(table)
    if lacking := claim_conditions(study):
        blocks.append(Folded("What values lack that are not claimed", (Items(lacking),)))
    if without := without_verdict(study):
        blocks += [Text(f"No verdict, for want of {ENOUGH_SIZES}:"), Items(without)]
    title = "What may be read from the curves"
    return Section("verdicts", title, "Verdicts", tuple(blocks), finding=_finding(study))


def _finding(study: Study) -> str:
    """How many floors and exponents may be read."""
    verdicts = [curve.verdict for curve in study.fits if curve.points]
    readable = [verdict for verdict in verdicts if verdict.law_readable]
    if not readable:
        return "No law may be read: no curve has enough sizes and a law that fits them."
    floors = sum(verdict.floor == "identified" for verdict in readable)
    exponents = sum(verdict.exponent == "identified" for verdict in readable)
    return f"A floor is identified in {floors} of {counted(len(verdicts), 'curve')}, the exponent b in {exponents}."
