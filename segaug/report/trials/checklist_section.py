"""The filled-in checklist."""

from segaug.report import findings
from segaug.report.blocks.section import Columns, Section
from segaug.report.study.study import Study
from segaug.report.trials.checklist import checklist_table


def section(study: Study) -> Section:
    """One table."""
    table = checklist_table(study)
    finding = findings.of_checklist(table)
    return Section("checklist", "Reproducibility checklist", "Checklist", (Columns((table,)),), finding=finding)
