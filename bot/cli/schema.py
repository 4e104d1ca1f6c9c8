"""`voxpop schema`: what an editor needs to complete and check what operators write."""

import json
from pathlib import Path
from typing import Literal

from bot.cli.writing import put
from bot.config import Settings
from flows.language.model import Flow
from flows.language.schema import schema_of
from flows.language.talks import Talks

Of = Literal["flow", "test", "config"]


def schema(of: Of = "flow", /, *, output: Path | None = None) -> int:
    """Print the JSON Schema of flows, of their tests, or of config.yaml.

    Example: voxpop schema flow --output flows/flow.schema.json

    Parameters
    ----------
    of
        What the schema is of: flows (flow), their tests (test) or config.yaml (config).
    output
        The file to write to; without it, stdout.

    """
    put(schema_text(of), output)
    return 0


def schema_text(of: Of) -> str:
    """Return a schema as the text of a file."""
    if of == "config":
        made = schema_of(Settings, "The settings of Voxpop", null=True)
    elif of == "test":
        made = schema_of(Talks, "Tests of a flow of Voxpop")
    else:
        made = schema_of(Flow, "A flow of Voxpop")
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"
