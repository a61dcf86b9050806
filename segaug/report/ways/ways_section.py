"""Ways of predicting with the same trained networks: what each costs, and what it changes."""

from segaug.report.blocks.section import Folded, Section, Text
from segaug.report.study.study import Study
from segaug.report.ways.way_pairs import way_pairs
from segaug.report.ways.ways_table import cost_table, size_table, ways_finding
from segaug.ways import PLAIN

_READ = (
    "Every network was trained once, and its best weights were scored by each way; validation and the choice of "
    "weights ask the plain network. What is learned of predicting is learned from the validation labels, whatever the "
    "strategy itself saw. Each way is a curve of its own in all other sections, named STRATEGY+WAY. Averaging logits "
    "changes how sure they are, so that cross-entropy may rise where Dice does not fall: the recalibrated one tells "
    "what is left of that."
)


def section(study: Study) -> Section | None:
    """None where all trials were scored by the plain network alone."""
    pairs = way_pairs(study)
    if all(pair.way == PLAIN for pair in pairs):
        return None
    blocks = (
        Text(_READ),
        cost_table(study, pairs),
        Folded("Every size as a table", (size_table(study, pairs),)),
    )
    return Section("ways", "Ways of predicting", "Prediction", blocks, finding=ways_finding(study, pairs))
