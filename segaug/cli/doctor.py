"""`segaug doctor`: is this machine ready for a study?  One line for each check, with a fix where one is needed."""

import dataclasses
import json
from argparse import ArgumentParser, Namespace

from rich.console import Console
from rich.markup import escape

from segaug import terminal
from segaug.cli.checks import Finding, check_machine
from segaug.cli.parser import add_config_dir

COLOURS = {"OK": "green", "WARN": "yellow", "FAIL": "red"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the output format."""
    parser.epilog = "Exit code: 1 when a check fails, else 0."
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    add_config_dir(parser)


def run(args: Namespace) -> int:
    """Run all checks and print what they found."""
    findings = check_machine(args.config_dir)
    if args.json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        console = terminal.console()
        for finding in findings:
            _print(finding, console)
    return int(any(finding.level == "FAIL" for finding in findings))


def _print(finding: Finding, console: Console) -> None:
    level = f"[{COLOURS[finding.level]}]{finding.level:<4}[/]"
    console.print(f"{level}  {finding.subject:<11} {escape(finding.found)}", soft_wrap=True)
    if finding.fix:
        console.print(f"      {'':<11} fix: {escape(finding.fix)}", soft_wrap=True)
