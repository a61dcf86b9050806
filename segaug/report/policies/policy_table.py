"""The table of all learned policies."""

from collections.abc import Sequence

from segaug.analysis.policies.cells import PolicyCell
from segaug.findings.numbers import from_to, number, p_value
from segaug.findings.policies import effect_words, group_words, option_words
from segaug.report.blocks.tables import Table


def change_table(cells: Sequence[PolicyCell]) -> Table:
    """A row a task, model, strategy, N, class and group."""
    return Table(
        "Every policy, mean over n seeds (subsets, where seeds share theirs). Start, end: probability that nothing of "
        "the group is done; change: end minus start, with its 95 % Student's t interval over these; p Holm: t test "
        "over them of the log-odds, adjusted for the groups of a policy; rose most: the option whose probability has "
        "grown most.\nReach: by how much a logit can have moved, the sum of the learning rates of the policy.",
        ("task", "model", "strategy", "N", "class", "group", "n", "start", "end", "change", "p Holm", "rose most", "by",
         "reach"),
        tuple(
            (*cell.key[:3], str(cell.size), policy.name, group_words(change.group), str(len(cell.subsets)),
             f"{change.start:.2f}", f"{change.end:.2f}", effect_words(change.effect), p_value(change.p_holm),
             option_words(change.group, change.risen), f"{change.risen_by:+.2f}",
             from_to(cell.numbers("beta_updates"), number))
            for cell in cells
            for policy in cell.classes
            for change in policy.changes
        ),
        strategy_column=2,
        number_columns=frozenset({3, *range(6, 11), 12, 13}),
    )  # fmt: skip
