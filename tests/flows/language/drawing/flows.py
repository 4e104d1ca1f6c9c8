"""Flows of any shape, with words of any kind, for what draws them."""

import json
from typing import Any, Final

from hypothesis import HealthCheck, settings, strategies as st

from flows.language.document import load_flow
from flows.language.model import Flow

HOSTILE: Final = (
    '"]; click step_a "javascript:alert(1)"',
    "%% no comment, %%{{init: {{}}}}%%",
    "</text><script>alert(1)</script>",
    "]]> --> <!-- &amp; &#60; #60; &",
    "1. end; 2) `code` **bold** _under_ www.example.com",
    "line\nafter line\tand tab",
    "مرحبا بكم في متجرنا",
    "漢字仮名交じり文はどこでも折り返せます。",
    "👨‍👩‍👧 😀 \u202eright to left\u202c",
    "style: #fff; ﬂ°°35¶ß",
    "a" * 300,
)
WORDS: Final = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(min_size=1, max_size=40).map(
        lambda text: text.replace("{", "{{").replace("}", "}}")
    ),
)
SOME: Final = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
"""Flows are slow to make, and few of them show much."""
KINDS: Final = ("nps", "csat", "yes_no", "text", "choice", "choices")
OUTCOMES: Final = {
    "nps": ("promoter", "passive", "detractor"),
    "csat": ("satisfied", "neutral", "unsatisfied"),
    "yes_no": ("yes", "no"),
    "choice": ("x", "y"),
    "choices": ("x", "y"),
}
CONDITIONS: Final = ("answers.s0 >= 3", 'contact.language == "<es>"')
ACTIONS: Final = (
    {"tag": "happy"},
    {"open_case": {"team": "a<b>\u0007", "urgency": "high"}},
    {"start": {"flow": "other", "wait": "2 days"}},
    {"emit": "done & dusted"},
)
TRIGGERS: Final = (
    {"keyword": {"en": ['"quoted"', "%%"]}},
    {"command": "go"},
    {"event": "order.paid", "wait": "90 minutes", "when": "event.total > 1"},
    {"referral": "friends"},
    {"date": "renewal_on", "before": "1 week", "at": "09:30"},
    {"anything": "yes"},
)


@st.composite
def sources(draw: st.DrawFn, most: int = 7) -> dict[str, Any]:
    """Draw a flow as the data that its file would hold."""
    count = draw(st.integers(1, most))
    names = [f"s{number}" for number in range(count)]
    to = st.sampled_from([*names, "end", "nowhere"])
    triggers = draw(st.lists(st.sampled_from(TRIGGERS), max_size=8))
    steps = {name: draw(_step(to)) for name in names}
    return {"flow": "f", "title": draw(WORDS), "triggers": triggers, "steps": steps}


@st.composite
def _step(draw: st.DrawFn, to: st.SearchStrategy[str]) -> dict[str, Any]:
    verb = draw(st.sampled_from(("say", "ask", "branch", "run", "wait", "refer")))
    if verb == "branch":
        return {"branch": draw(_ways(to))}
    step: dict[str, Any] = {verb: draw(WORDS)}
    outcomes: tuple[str, ...] = ()
    if verb == "ask":
        step["answer"] = draw(st.sampled_from(KINDS))
        outcomes = OUTCOMES.get(step["answer"], ())
        step["optional"] = draw(st.sampled_from(("yes", "no")))
        if step["answer"].startswith("choice"):
            step["options"] = {"x": draw(WORDS), "y": draw(WORDS)}
    elif verb == "refer":
        step |= {"refer": "friends", "say": draw(WORDS), "share": "x"}
    elif verb in ("run", "wait"):
        step[verb] = {"run": "other", "wait": "2 days"}[verb]
    if verb in ("say", "ask", "refer"):
        step["then"] = draw(st.lists(st.sampled_from(ACTIONS), max_size=3))
    go = draw(st.one_of(st.none(), to, _ways(to), _mapping(outcomes, to)))
    return step if go is None else step | {"go": go}


def _ways(to: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    way = st.fixed_dictionaries({"when": st.sampled_from(CONDITIONS), "to": to})
    rest = st.fixed_dictionaries({"else": to})
    return st.lists(st.one_of(way, rest), min_size=1, max_size=3)


def _mapping(
    outcomes: tuple[str, ...], to: st.SearchStrategy[str]
) -> st.SearchStrategy[dict[str, str]]:
    keys = st.sampled_from([*outcomes, "skipped", "else"])
    return st.dictionaries(keys, to, min_size=1)


def loaded(source: dict[str, Any]) -> Flow | None:
    """Return the flow that a file with this data holds, None where it has errors."""
    text = json.dumps(source, ensure_ascii=False)
    return load_flow("f.yaml", text.encode("utf-8", "replace")).flow


FLOWS: Final = sources().map(loaded).filter(lambda flow: flow is not None)
"""Any flow that loads."""
