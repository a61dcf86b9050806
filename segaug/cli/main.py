"""The command `segaug`: a table of verbs; only the chosen verb's module is imported, so that `--help` is instant."""

import errno
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from importlib import import_module

from segaug import __version__
from segaug.cli.parser import COMPLETING, Parser
from segaug.cli.verbs import HYDRA_VERBS, VERBS
from segaug.errors import UserError
from segaug.terminal import printing_text, tell_error
from segaug.visible import visible

EXAMPLES = """\
examples:
  segaug train augment=red dataset=hippocampus scale=n16 seed=3    one trial
  segaug train study=quick                                         one study; run it again to go on
  segaug fit quick && segaug report quick                          its curves, its page
  segaug train --help                                              what can be configured
"""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # a full disk or a read-only one, whatever a verb writes there
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


def build_parser(verb: str) -> ArgumentParser:
    """Parser that lists all verbs and knows the arguments of `verb`; "" or an unknown verb imports nothing."""
    parser = Parser(
        prog="segaug",
        description="How much labelled data do I need, and what is this augmentation worth?",
        epilog=EXAMPLES,
        formatter_class=partial(RawDescriptionHelpFormatter, max_help_position=16),
    )
    parser.add_argument("--version", action="version", version=f"segaug {__version__}")
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB")
    for name, line in VERBS.items():
        chosen = verbs.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        if name == verb and verb not in HYDRA_VERBS:
            import_module(f"segaug.cli.{name}").add_arguments(chosen)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code: 2 for what the user can mend, 1 for failed trials, 130 after Ctrl-C."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if COMPLETING in os.environ:
        _complete()
    if argv is None:  # this process is the command
        sys.excepthook = tell_error
    try:
        with printing_text():
            code = _run(arguments)
        sys.stdout.flush()
        return code
    except UserError as error:
        return _say(f"segaug: error: {visible(str(error))}", error.exit_code)
    except KeyboardInterrupt as interrupt:
        code = getattr(interrupt, "exit_code", EXIT_INTERRUPTED)  # a signal has its own
        return _say(f"segaug: interrupted {interrupt}".rstrip(), code)
    except BrokenPipeError:
        return _unheard()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        where, fix = error.filename or "the disk", "make room, or work in a folder that you may write to"
        message = f"segaug: error: {visible(str(where))}: cannot be written ({error.strerror}); {fix}"
        return _say(message, UserError.exit_code)


def _say(text: str, code: int) -> int:
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:  # as in `segaug ... 2>&1 | head -1`
        _unheard()
    return code


def _unheard() -> int:
    """Nobody reads on; the interpreter flushes once more at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return EXIT_BROKEN_PIPE


def _run(arguments: list[str]) -> int:
    verb = _verb(arguments)
    if verb and verb not in VERBS:
        raise _unknown(verb)
    if verb == "plan":
        from segaug.cli.plan import is_study

        if is_study(arguments[1:]):
            from segaug.cli.plan_study import run

            return run(arguments[1:])
    if verb in HYDRA_VERBS:
        return _call(verb, Namespace(overrides=arguments[1:]))
    parser = build_parser(verb)
    if not arguments:
        parser.print_help()
        return 0
    args, rest = parser.parse_known_args(arguments)
    if not verb:
        parser.error("the verb comes first")
    if rest and (not hasattr(args, "overrides") or any(word.startswith("-") for word in rest)):
        raise UserError(f"{verb}: one word too many: {' '.join(rest)}; `segaug {verb} --help` says what it takes")
    if rest:
        args.overrides = [*args.overrides, *rest]  # argparse does not look for them behind an option
    return _call(verb, args)


def _verb(arguments: Sequence[str]) -> str:
    return arguments[0] if arguments and not arguments[0].startswith("-") else ""


def _call(verb: str, args: Namespace) -> int:
    code: int = import_module(f"segaug.cli.{verb}").run(args)
    return code


def _unknown(verb: str) -> UserError:
    close = [f"train {verb}"] if "=" in verb else get_close_matches(verb, VERBS, n=1)
    hint = f"did you mean `segaug {close[0]}`?" if close else f"the verbs are {', '.join(VERBS)}"
    return UserError(f"{verb!r} is no verb; {hint}")


def _complete() -> None:
    """Answer the shell, which asks by calling `segaug` with its command line in the environment; does not return."""
    from segaug.cli.completion import answer

    words = os.environ["COMP_LINE"].split()[1:]
    answer(build_parser(_verb(words)))
