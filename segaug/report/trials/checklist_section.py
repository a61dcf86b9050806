"""The filled-in checklist."""

from segaug.findings.phrases import counted
from segaug.report.blocks.section import Columns, Section
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study
from segaug.report.trials.checklist import checklist_table


def section(study: Study) -> Section:
    """One table."""
    table = checklist_table(study)
    finding = _finding(table)
    return Section("checklist", "Reproducibility checklist", "Checklist", (Columns((table,)),), finding=finding)


def _finding(table: Table) -> str:
    """How much of it is filled in."""
    return f"{counted(len(table.rows), 'item')} that a paper has to report, filled in from the records."
