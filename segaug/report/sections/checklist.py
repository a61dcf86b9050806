"""The filled-in checklist."""

from segaug.report.checklist import checklist_table
from segaug.report.section import Columns, Section
from segaug.report.study import Study


def section(study: Study) -> Section:
    """One table."""
    return Section("checklist", "Reproducibility checklist", "Checklist", (Columns((checklist_table(study),)),))
