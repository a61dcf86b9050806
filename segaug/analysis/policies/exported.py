"""The learned policies of a cell as a training can start from them."""

from segaug.analysis.policies.cells import PolicyCell
from segaug.policy_file import Policy


def exported(cell: PolicyCell) -> Policy:
    """Of each class the mean over seeds of the last probabilities; of one seed these themselves, to the last digit.

    A mean of probabilities that sum to 1 sums to 1, so it is not scaled again.
    """
    return {
        policy.name: {
            group: dict(zip(options, policy.end[group].mean(axis=0).tolist(), strict=True))
            for group, options in cell.groups.items()
        }
        for policy in cell.classes
    }
