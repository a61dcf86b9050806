"""How the study was made."""

from segaug.findings.numbers import from_to
from segaug.report.blocks.section import Block, Columns, Heading, Items, Section, Text
from segaug.report.data import provenance
from segaug.report.data.cards import licences
from segaug.report.study.study import Study
from segaug.report.trials.strength import strength_table


def section(study: Study) -> Section:
    """Strategies, protocol, versions, licences, plan."""
    blocks: list[Block] = [
        strength_table(study),
        provenance.sees_table(study),
        Columns((provenance.protocol_table(study), provenance.versions_table(study))),
    ]
    if known := licences(study.folder, study.tasks):
        blocks += [Heading("Licences"), Items([f"{task}: {licence}" for task, licence in known])]
    blocks += [Heading("Plan"), Text(f"{study.planned} trials were asked for over all runs of this study.")]
    if notes := _plan_notes(study):
        blocks.append(Items(notes))
    finding = _finding(study)
    return Section("protocol", "Protocol and provenance", "Protocol", tuple(blocks), finding=finding)


def _finding(study: Study) -> str:
    """How long a trial trains, and by which program."""
    updates = from_to({record["updates"] for record in study.trained})
    versions = sorted({record["versions"].get("segaug", "unknown") for record in study.trained})
    return f"{updates} updates a trial; segaug {', '.join(versions)}."


def _plan_notes(study: Study) -> list[str]:
    """What the plan says beside its trials."""
    said = {key: value for key, value in study.plan.items() if key not in ("schema", "trials", "skipped") and value}
    return [f"{key}: {text}" for key, text in provenance.flatten(said) if key]
