"""`make mutants`: change the code in one place at a time, and print the changes that no test of its room sees.

Not a gate: a survivor may be a change that makes no difference.  The working tree stays as it is.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant, mutants, sampled
from tests.mutants.room import ROOMS, Room
from tests.mutants.warm import OVER
from tests.mutants.working_copy import FAILED, PASSED, Copy, copied

ROOT = Path(__file__).parents[2]
_SLOWER = 3  # times as long as without a mutant: it will not end
_LEAST_SECONDS = 30.0


@dataclass(frozen=True)
class Verdict:
    """What the tests of a room said to one mutant."""

    mutant: Mutant
    diff: str
    code: int  # of pytest, OVER if it did not end
    seconds: float

    @property
    def survived(self) -> bool:
        """Did all tests pass?"""
        return self.code == PASSED

    def __str__(self) -> str:
        said = {PASSED: "SURVIVED", FAILED: "caught", OVER: "caught: did not end"}.get(
            self.code, "caught: breaks pytest"
        )
        place = f"{self.mutant.file}:{self.mutant.start[0]}"
        return f"{place}  {self.mutant.operator}  {said}, {self.seconds:.0f} s" + self.survived * f"\n{self.diff}\n"


def verdicts(tool: Path, copy: Copy, room: Room, count: int, seed: str) -> Iterator[Verdict]:
    """Of a sample of `count` mutants; raises SystemExit where a test fails without any."""
    code, seconds = copy.exit_code(room.test_files(copy.root, room.code), limit_seconds=3600)
    if code != PASSED:
        sys.exit(f"the tests of {room.code} fail without a mutant (pytest says {code}); `make test` shows them")
    print(f"{room.code}: all tests pass without a mutant, {seconds:.0f} s", flush=True)
    for mutant in sampled(mutants(tool, copy.root, room.code), count, seed):
        path = copy.root / mutant.file
        source = path.read_bytes()
        diff = mutant.made(tool, copy.root)
        tests = room.test_files(copy.root, mutant.file)
        yield Verdict(mutant, diff, *copy.exit_code(tests, max(_LEAST_SECONDS, _SLOWER * seconds)))
        path.write_bytes(source)


def main() -> None:
    """Print each mutant with what became of it, survivors with their difference, and the share caught by room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", type=Path, help="the program cosmic-ray")
    parser.add_argument("rooms", nargs="*", default=list(ROOMS), metavar="room", help=", ".join(ROOMS))
    parser.add_argument("--count", type=int, default=12, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    given = parser.parse_args()
    if unknown := set(given.rooms) - set(ROOMS):
        parser.error(f"no room {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    shares = []
    with copied(ROOT) as copy:
        for name in given.rooms:
            survived = []
            for verdict in verdicts(given.tool.absolute(), copy, ROOMS[name], given.count, f"{given.seed} {name}"):
                print(verdict, flush=True)
                survived.append(verdict.survived)
            shares.append(f"{name:10}{survived.count(False):>4} of {len(survived)} mutants caught")
            print(shares[-1], flush=True)
    print("\n".join(["", *shares]))


if __name__ == "__main__":
    main()
