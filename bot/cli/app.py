"""The commands by name, and what their errors mean to the shell.

Exit codes: 0 all is well, 1 problems were found, 2 wrong use, 130 interrupted.
"""

import inspect
import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, MissingArgumentError
from cyclopts.exceptions import UnusedCliTokensError

from bot.cli.plain import clean
from bot.errors import InvalidSettings, VoxpopError, WrongUse

COMMANDS: Final = {
    "run": (
        "bot.cli.run:run",
        "Serve the chat page, send what is due, keep time.",
        "voxpop run",
    ),
    "chat": (
        "bot.cli.chat:chat",
        "Talk with a flow at your desk.",
        "voxpop chat nps --store --lang es",
    ),
    "lint": (
        "bot.cli.lint:lint",
        "Check flows and their tests, and say what to mend.",
        "voxpop lint flows",
    ),
    "test": (
        "bot.cli.rehearse:rehearse_talks",
        "Play the talks that flows must get right.",
        "voxpop test flows",
    ),
    "understand": (
        "bot.cli.understand:understand",
        "See how typed words are understood.",
        'voxpop understand nps "un tres, tardaron una semana" --lang es',
    ),
    "new": (
        "bot.cli.new:new",
        "Make a flow of your own from a template, or list the templates.",
        "voxpop new after_support --from csat_after_support",
    ),
    "render": (
        "bot.cli.render:render",
        "Show what each channel would show of a flow.",
        "voxpop render nps --channel whatsapp --lang es",
    ),
    "graph": (
        "bot.cli.graph:graph",
        "Draw a flow: its steps, and where each answer leads.",
        "voxpop graph nps --output nps.svg",
    ),
    "schema": (
        "bot.cli.schema:schema",
        "Print what an editor needs to complete and check flows.",
        "voxpop schema flow --output flows/flow.schema.json",
    ),
    "report": (
        "bot.cli.report:report",
        "Show the scores with their range, or what people said.",
        "voxpop report --flow nps --from 2026-11-01 --by week",
    ),
    "rebuild": (
        "bot.cli.rebuild:rebuild",
        "Count all answers anew, and say where the counts differ.",
        "voxpop rebuild",
    ),
    "flow publish": (
        "bot.cli.flow_publish:publish",
        "Check flows, and have new talks begin on what their files say.",
        "voxpop flow publish nps",
    ),
    "flow history": (
        "bot.cli.flow_history:history",
        "Show who published which revision when, and how many talks are on it.",
        "voxpop flow history nps",
    ),
    "flow diff": (
        "bot.cli.flow_diff:diff",
        "Show what two revisions do differently, and which talks it concerns.",
        "voxpop flow diff nps ~1",
    ),
    "flow rollback": (
        "bot.cli.flow_rollback:rollback",
        "Have new talks begin on an earlier revision again.",
        "voxpop flow rollback nps",
    ),
    "link": (
        "bot.cli.link:link",
        "Make a one-time link and QR that joins a chat to a contact.",
        "voxpop link crm:4711 --flow nps",
    ),
    "contact joins": (
        "bot.cli.contact_joins:joins",
        "Show all addresses of a person, and what joined them.",
        "voxpop contact joins crm:4711",
    ),
    "contact join": (
        "bot.cli.contact_join:join",
        "Say that two addresses belong to one person.",
        "voxpop contact join crm:4711 telegram:123456",
    ),
    "contact undo": (
        "bot.cli.contact_undo:undo",
        "Undo a join: each is who they were before.",
        "voxpop contact undo 251967044816896",
    ),
    "backup": (
        "bot.cli.backup:backup",
        "Write all that the database holds to one file, also while Voxpop runs.",
        "voxpop backup backups/",
    ),
    "restore": (
        "bot.cli.restore:restore",
        "Put a backup in the place of the database.",
        "voxpop restore voxpop-20261123T120000Z.db --replace",
    ),
    "migrate": (
        "bot.cli.migrate:migrate",
        "Bring the database up to date, or move all of it to another one.",
        "voxpop migrate --from sqlite:///voxpop.db --to postgresql://host/voxpop",
    ),
    "stuck list": (
        "bot.cli.stuck_list:list_",
        "List the messages that could not be handled, newest first.",
        "voxpop stuck list",
    ),
    "stuck show": (
        "bot.cli.stuck_show:show",
        "Show one of them: why it is stuck, and what came.",
        "voxpop stuck show 251658240000000",
    ),
    "stuck retry": (
        "bot.cli.stuck_retry:retry",
        "Handle messages that are stuck as if they came now.",
        "voxpop stuck retry --all",
    ),
    "stuck drop": (
        "bot.cli.stuck_drop:drop",
        "Give up messages that are stuck.",
        "voxpop stuck drop 251658240000000",
    ),
    "outbox list": (
        "bot.cli.outbox_list:list_",
        "List what waits to go out, and what failed or may not have arrived.",
        "voxpop outbox list --state failed --channel web",
    ),
    "doctor": (
        "bot.cli.doctor:doctor",
        "Ask all that can be wrong, and say how to mend it.",
        "voxpop doctor",
    ),
    "demo": (
        "bot.cli.demo:demo",
        "See a report of simulated customers.",
        "voxpop demo nps --customers 1000",
    ),
}
"""Where each stands, what it does, and an example. A command is loaded when it is
called, so that `--help` answers at once."""

FAMILIES: Final = {
    "flow": (
        "Publish flows, and see or undo what was published.",
        "voxpop flow history nps",
    ),
    "stuck": (
        "See messages that could not be handled, try them again, or drop them.",
        "voxpop stuck list",
    ),
    "outbox": (
        "See what waits to go out, and what went wrong.",
        "voxpop outbox list",
    ),
    "contact": (
        "See and mend who is one person.",
        "voxpop contact joins crm:4711",
    ),
}
"""Commands that stand together under a word of their own."""

EPILOGUE: Final = """\
First steps: voxpop run, answer in the chat, then voxpop report.
Every command explains itself: voxpop lint --help."""


def make_app() -> App:
    """Return the command line with every command on it, none of them loaded."""
    app = App(
        name="voxpop",
        help="Ask customers how they feel in the chat where they are, and act on it.",
        help_epilogue=EPILOGUE,
        version=_version,
        help_format="plaintext",
        result_action="return_value",
    )
    families = {
        name: App(name=name, help=f"{words}\n\nExample: {example}", help_epilogue="")
        for name, (words, example) in FAMILIES.items()
    }
    for family in families.values():
        app.command(family)
    for name, (place, words, example) in COMMANDS.items():
        explained = f"{words}\n\nExample: {example}"
        *above, last = name.split()
        home = families[above[0]] if above else app
        home.command(place, name=last, help=explained, help_epilogue="")
    return app


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("voxpop")
    except PackageNotFoundError:
        return "not installed: run `make install`"


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; mistakes are told in a sentence."""
    try:
        return _run(make_app(), arguments)
    except CycloptsError as error:
        return _complain(_usage(error), 2)
    except (WrongUse, InvalidSettings) as error:
        return _complain(str(error), 2)
    except VoxpopError as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(app: App, arguments: Sequence[str]) -> int:
    result = app(arguments, exit_on_error=False, print_error=False)
    if inspect.iscoroutine(result):
        import asyncio  # noqa: PLC0415 - `--help` need not load it

        result = asyncio.run(result)
    return result if isinstance(result, int) else 0


def _complain(words: str, code: int) -> int:
    sys.stderr.write(f"voxpop: {clean(words)}\n")
    return code


def _usage(error: CycloptsError) -> str:
    """Return what is wrong with a command line, and what would be right."""
    name = " ".join(error.command_chain or ())
    if name not in COMMANDS:
        return str(error)
    if isinstance(error, MissingArgumentError) and error.argument:
        example = COMMANDS[name][2]
        return f"{name} needs {error.argument.name}; for example: {example}"
    if isinstance(error, UnusedCliTokensError):
        rest = " ".join(error.unused_tokens or ())
        return f"what is {rest!r} for? See voxpop {name} --help"
    return str(error)
