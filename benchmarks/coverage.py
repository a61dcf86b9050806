"""Do the intervals hold, and are the verdicts right?  Everything that `segaug.analysis` says, on simulated trials.

Run: python benchmarks/coverage.py                                   100 repetitions of 9 truths: 35 min of a slow CPU
     python benchmarks/coverage.py --scenario seeds nested --jobs 2
     python benchmarks/coverage.py --quick                           20 repetitions: a fifth of that
     python benchmarks/coverage.py --full --jobs 2                   400 repetitions of 20 truths

Every truth has the error 0.1 at its largest size; noise is lognormal with a coefficient of variation that falls from
30 % at N = 1 to 5 % at N = 512.  Streams are fixed: a second run prints the same, by any number of processes.

A line of a table ends in PASS or FAIL if any of its numbers has a band; bands are of rates, and a rate may leave its
band by two standard errors of the simulation.  The exit code is 1 if a line fails.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter, process_time

from coverage_parts.effort import Effort
from coverage_parts.scenarios import SCENARIOS
from coverage_parts.truths import GRID, REDUCED


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), metavar="NAME")
    parser.add_argument("--repetitions", type=int, help="of each truth; 100 unless said otherwise")
    parser.add_argument("--jobs", type=int, default=1, help="processes; the tables do not depend on it")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--quick", action="store_true")
    amount.add_argument("--full", action="store_true")
    args = parser.parse_args()
    repetitions = args.repetitions or (20 if args.quick else 400 if args.full else 100)
    pool = ProcessPoolExecutor(args.jobs) if args.jobs > 1 else None
    effort = Effort(repetitions, GRID if args.full else REDUCED, pool)
    clock, unit = (perf_counter, "s by the clock") if pool else (process_time, "s of CPU")
    judged = failed = 0
    for name in args.scenario:
        start = clock()
        for table in SCENARIOS[name](effort):
            print(f"\n{table}")
            judged += sum(row.judged for row in table.rows)
            failed += sum(row.failed for row in table.rows)
        print(f"[{name}: {clock() - start:.0f} {unit}]", flush=True)
    print(f"\n{judged - failed} of {judged} lines within their bands")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
