"""The filled-in checklist."""

from segaug.report import findings
from segaug.report.checklist import checklist_table
from segaug.report.section import Columns, Section
from segaug.report.study import Study


def section(study: Study) -> Section:
    """One table."""
    table = checklist_table(study)
    finding = findings.of_checklist(table)
    return Section("checklist", "Reproducibility checklist", "Checklist", (Columns((table,)),), finding=finding)
