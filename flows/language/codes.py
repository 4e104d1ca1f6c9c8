"""Every code that lint can print: how grave it is, and whether a file may allow it.

Each has a page `docs/reference/lint/CODE.md`, with an example and its mended form.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from bot.errors import Severity


class Code(Struct, frozen=True):
    """What is always so of one kind of problem."""

    severity: Severity
    may_be_allowed: bool
    """Whether the file may say `# lint: allow CODE: reason`. A flow could not run
    with the others."""


ERROR: Final = Code("error", may_be_allowed=False)
JUDGED: Final = Code("error", may_be_allowed=True)
WARNING: Final = Code("warning", may_be_allowed=True)

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {
        # ── how the file is written ──
        "alias": ERROR,
        "anchor": ERROR,
        "control-character": ERROR,
        "depth": ERROR,
        "documents": ERROR,
        "empty": ERROR,
        "encoding": ERROR,
        "equal-keys": ERROR,
        "invalid-key": ERROR,
        "quote-text": ERROR,
        "size": ERROR,
        "syntax": ERROR,
        "tag": ERROR,
        "unreadable": ERROR,
        # ── what stands where ──
        "invalid-duration": ERROR,
        "invalid-moment": ERROR,
        "invalid-name": ERROR,
        "invalid-number": ERROR,
        "invalid-time": ERROR,
        "invalid-truth": ERROR,
        "invalid-value": ERROR,
        "missing-key": ERROR,
        "missing-text": ERROR,
        "missing-words": ERROR,
        "out-of-range": ERROR,
        "unknown-action": ERROR,
        "unknown-key": ERROR,
        "unknown-kind": ERROR,
        "unknown-line": ERROR,
        "unknown-step-verb": ERROR,
        "unknown-trigger": ERROR,
        "unknown-value": ERROR,
        "wrong-type": ERROR,
        # ── texts and conditions ──
        "condition": ERROR,
        "missing-fallback": JUDGED,
        "missing-language": JUDGED,
        "missing-plural": WARNING,
        "plural-form": ERROR,
        "text-length": ERROR,
        "text-slot": ERROR,
        "unknown-language": ERROR,
        "unspoken-language": WARNING,
        "unused-plural": WARNING,
        # ── names of other things ──
        "equal-names": ERROR,
        "missing-trigger": ERROR,
        "reserved-name": ERROR,
        "runs-itself": ERROR,
        "two-programmes": ERROR,
        "unknown-attribute": ERROR,
        "unknown-event": ERROR,
        "unknown-flow": ERROR,
        "unknown-name": ERROR,
        "unknown-outcome": ERROR,
        "unknown-programme": ERROR,
        "unknown-step": ERROR,
        "unknown-team": ERROR,
        # ── tests of flows ──
        "never-left": ERROR,
        "never-offered": ERROR,
        # ── what starts a flow ──
        "hidden-reserved": JUDGED,
        "keyword-clash": JUDGED,
        "unheard-keyword": JUDGED,
        # ── questions ──
        "alike-labels": WARNING,
        "equal-labels": JUDGED,
        "missing-options": ERROR,
        "missing-topic": ERROR,
        "not-optional": ERROR,
        "reserved-label": JUDGED,
        "unused-key": JUDGED,
        "wrong-range": ERROR,
        "wrong-step": ERROR,
        # ── what channels show ──
        "cut-label": WARNING,
        "long-text": WARNING,
        "lost-option": WARNING,
        # ── what a file allows ──
        "invalid-allowance": ERROR,
        "unused-allowance": Code("warning", may_be_allowed=False),
        # ── everybody alike ──
        "gated-review": JUDGED,
        # ── ways ──
        "dead-trigger": WARNING,
        "dead-way": WARNING,
        "endless-loop": ERROR,
        "falling-through": WARNING,
        "limits-clash": WARNING,
        "no-template": WARNING,
        "no-way-out": WARNING,
        "starts-itself": JUDGED,
        "unreachable": WARNING,
    }
)
"""A rule of its own may be milder where it says so: `missing-language` of a flow that
is run inside another is a warning."""
