"""Is what a job is about to run still what was submitted?"""

from segaug.cluster.frozen import code_hash
from segaug.cluster.submission import Submission
from segaug.errors import UserError
from segaug.experiment.config.identity import trial_id

FIX = "`segaug retry STUDY` submits what is left as it is now"


class Mismatch(UserError):
    """Code or configuration have changed since they were submitted."""


def check_frozen(submission: Submission) -> None:
    """Raise Mismatch where the code that is installed, or the folder of the submission, has changed."""
    code = submission.facts()["code"]
    if (installed := code_hash()) != code:
        raise Mismatch(f"the code of segaug has changed since this was submitted ({installed}, was {code}); {FIX}")
    if not submission.folder.name.endswith(submission.digest()):
        raise Mismatch(f"{submission.folder}: trials or packs are not those that were submitted; {FIX}")
    for planned, content in submission.trials(submission.facts()["packs"][0][:1]):
        if trial_id(planned.trial, content) != planned.id:
            raise Mismatch(f"trial {planned.id} is not what its configuration describes; {FIX}")
