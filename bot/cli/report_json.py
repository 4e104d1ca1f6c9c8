"""The report as programs read it; its keys and their order are a contract."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bot.model.report import CommentRow, Report, ScoreRow


def to_json(report: Report) -> str:
    """Return the report as JSON text; dates are ISO or null, figures unrounded."""
    plain = msgspec.to_builtins(report, str_keys=True)
    return _text({**plain, "scores": [_flat(row) for row in report.scores]})


def comments_to_json(rows: Sequence[CommentRow], *, demo: bool = False) -> str:
    """Return `{"comments": […]}` as JSON text, in the order given."""
    mark = {"demo": True} if demo else {}
    return _text({"comments": msgspec.to_builtins(rows), **mark})


def _flat(row: ScoreRow) -> dict[str, Any]:
    """Return one question's place and figure side by side, in the contract's order."""
    figure = msgspec.to_builtins(row.figure, str_keys=True)
    return {
        "flow": row.flow,
        "step": row.step,
        "kind": row.kind,
        "group": row.group,
        **figure,
    }


def _text(plain: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()
