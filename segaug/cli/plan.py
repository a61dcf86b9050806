"""`segaug plan`: what to know about a study before it is run; one module, segaug/cli/plan_<question>.py, a question."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

QUESTIONS = {"power": "which sizes and how many seeds: what a design will be able to say, and what it costs"}


def add_arguments(parser: ArgumentParser) -> None:
    """One subcommand for each question."""
    questions = parser.add_subparsers(title="questions", dest="question", metavar="QUESTION", required=True)
    for name, line in QUESTIONS.items():
        chosen = questions.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        import_module(f"segaug.cli.plan_{name}").add_arguments(chosen)


def run(args: Namespace) -> int:
    """Answer the question."""
    code: int = import_module(f"segaug.cli.plan_{args.question}").run(args)
    return code
