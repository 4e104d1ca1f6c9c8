"""The one flow that a command means: by its name, or by its file."""

from pathlib import Path

from bot.cli.absent import no_flow
from bot.cli.files import ENDINGS, flow_files, read
from bot.errors import InvalidDocument, WrongUse
from flows.language.check import by_name
from flows.language.document import FlowDocument
from flows.language.model import Flow


def pick(wanted: str, folder: Path) -> Flow:
    """Return the flow of this name in the folder, or the one that a file holds.

    Raises WrongUse where there is none, InvalidDocument where it cannot be read.
    """
    if wanted.endswith(ENDINGS):
        return _of_file(Path(wanted))
    documents, _, _ = read(flow_files(folder))
    named = by_name(documents)
    if wanted in named:
        return _readable(named[wanted])
    raise no_flow(wanted, named)


def _of_file(file: Path) -> Flow:
    if not file.is_file():
        raise WrongUse(f"there is no file {file}")
    if file.name.endswith((".test.yaml", ".test.yml")):
        raise WrongUse(f"{file} holds tests; name the flow or its file")
    documents, _, problems = read([file])
    if not documents:
        raise InvalidDocument(problems)
    return _readable(documents[0])


def _readable(document: FlowDocument) -> Flow:
    if document.flow is None:
        raise InvalidDocument(list(document.problems))
    return document.flow
