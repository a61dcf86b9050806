"""Print the table of troubles in Markdown: `SEGAUG_DATA=... python -m tests.troubles`."""

import re
import sys
import tempfile
import time
from pathlib import Path

from segaug.visible import visible
from tests.troubles.answer import Answer, answered
from tests.troubles.table import ALL
from tests.troubles.trouble import READ, UNSEEN, Trouble

MOST = 240  # letters of an answer


def said(trouble: Trouble, answer: Answer, root: Path) -> str:
    """The sentence that the row is about, as printed."""
    if trouble.result == READ:
        return "nothing: read as it was meant"
    if trouble.result == UNSEEN:
        return f"nothing: {trouble.says}"
    sentences = (*answer.problems, *answer.notes)
    found = next((one for one in sentences if re.search(trouble.says, one)), "**MISSED**: " + "; ".join(sentences))
    found = found.replace(f"{root.resolve()}/", "").replace(f"{root}/", "").replace("|", "\\|")
    found = visible(found)
    return " ".join((found if len(found) <= MOST else f"{found[:MOST]} ...").split())


def main(wanted: list[str]) -> None:
    """All, or those of these names."""
    print("| kind | planted how | answer | |\n| --- | --- | --- | --- |")
    for name, trouble in ALL.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            root, start = Path(folder) / name, time.process_time()
            answer = answered(trouble.plant(root))
            took = f" | {time.process_time() - start:.1f}" if wanted else ""
            print(
                f"| {trouble.kind} | {trouble.how} | {said(trouble, answer, root)} | {trouble.result} |{took}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
