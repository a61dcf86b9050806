"""`segaug plan`: what to know about a study before it is run; one module, segaug/cli/plan_<question>.py, a question.

With the arguments of `segaug train` in place of a question: what of that sweep is done, and what the rest costs.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module

QUESTIONS = {"power": "which sizes and how many seeds: what a design will be able to say, and what it costs"}


EPILOG = """\
segaug plan study=NAME [OPTION=VALUE ...] [--json] [--probe]
  what of a sweep is done, failed or stale, and the time, disk and files of the rest;
  the arguments are those of `segaug train`, hydra/launcher=slurm and shard=2/4 included.
  --probe trains one trial for each model and strategy, to forecast from
"""


def is_study(words: Sequence[str]) -> bool:
    """Do these arguments describe a sweep, not a question?"""
    return bool(words) and words[0] not in QUESTIONS and any("=" in word for word in words)


def add_arguments(parser: ArgumentParser) -> None:
    """One subcommand for each question."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EPILOG
    questions = parser.add_subparsers(title="questions", dest="question", metavar="QUESTION", required=True)
    for name, line in QUESTIONS.items():
        chosen = questions.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        import_module(f"segaug.cli.plan_{name}").add_arguments(chosen)


def run(args: Namespace) -> int:
    """Answer the question."""
    code: int = import_module(f"segaug.cli.plan_{args.question}").run(args)
    return code
