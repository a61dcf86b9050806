"""What a reader must know of learned policies."""

from segaug.findings.numbers import from_to, number
from segaug.findings.phrases import counted
from segaug.findings.policies import ENOUGH_SEEDS, LEAST_REACH, by_chance
from segaug.policy_file import FOREGROUND
from segaug.report.policies.shown import cells_of
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Study


def not_apart(study: Study) -> Caution | None:
    """Two policies, and nothing shows that they differ."""
    return make(
        "policies_not_apart",
        "Policies of foreground and background cannot be told apart",
        "In no group they end at different probabilities beyond what seeds differ by (paired t test, Holm over the "
        "groups): nothing here is owed to their being class-specific.",
        (
            f"{cell.where}: {counted(len(cell.subsets), cell.unit)}, {counted(len(cell.groups), 'group')}"
            for cell in cells_of(study)
            if len(cell.subsets) > 1 and cell.apart and not any(one.clear for one in cell.apart)
        ),
    )


def cannot_move(study: Study) -> Caution | None:
    """The learning rates of a policy add up to too little."""
    return make(
        "policies_cannot_move",
        "A policy could hardly move from where it started",
        "Adam moves a logit by at most its learning rate an update, and the sum over the policy updates is below "
        f"{LEAST_REACH:g}; to bring an option from 0.1 to 0.7 takes about 3. Set a larger augment.beta, or more "
        "updates; 5 to 20 is usual.",
        (
            f"{cell.where}: a logit can have moved by {from_to(reach, number)}"
            for cell in cells_of(study)
            if max(reach := cell.numbers("beta_updates")) < LEAST_REACH
        ),
    )


def few_seeds(study: Study) -> Caution | None:
    """Chance cannot be told from learning, or only by what a t test takes for granted."""
    return make(
        "policies_of_few_seeds",
        "Policies of few seeds",
        "A learned policy wanders even where there is nothing to find, and about as far to either side, so that few "
        "seeds may agree by chance and look certain to a t test. One seed's policy shows nothing by itself.",
        (
            f"{cell.where}: {counted(seeds, 'seed')}"
            + (f", in {100 * by_chance(seeds):.3g} % of groups all would agree by chance" if seeds > 1 else "")
            for cell in cells_of(study)
            if (seeds := len(cell.seeds)) < ENOUGH_SEEDS
        ),
    )


def few_foreground_rows(study: Study) -> Caution | None:
    """One of two policies has seen hardly any row."""
    return make(
        "policies_of_few_rows",
        "A policy of the foreground saw few rows",
        "Images without foreground give rows of background instead; a policy that drew options for less than a quarter "
        "of the rows has learned from as little.",
        (
            f"{cell.where}: {100 * share:.0f} % of the rows"
            for cell in cells_of(study)
            if (share := _foreground_share({policy.name: policy.rows for policy in cell.classes})) < _LEAST_SHARE
        ),
    )


_LEAST_SHARE = 0.25


def _foreground_share(rows: dict[str, float]) -> float:
    total = sum(rows.values())
    return rows[FOREGROUND] / total if FOREGROUND in rows and total else 1.0


POLICY_CHECKS = (not_apart, cannot_move, few_seeds, few_foreground_rows)
