"""What comes for those who watch: the reference, the dashboard and the alerts hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from bot import figures
from tests.examples import ROOT
from tests.test_docs import headings, page, section

DASHBOARD: Final = ROOT / "deploy" / "grafana" / "voxpop.json"
RULES: Final = ROOT / "deploy" / "prometheus" / "voxpop.rules.yaml"
REFERENCE: Final = "reference/metrics.md"
WATCHING: Final = "howto/watching.md"
pytestmark = pytest.mark.skipif(
    not Path("/proc/stat").exists(), reason="only Linux tells of processes"
)

SOURCE: Final = "${datasource}"
FIGURE: Final = re.compile(r"\b(?:voxpop|process)_[a-z_]+\b")
MATCHED: Final = re.compile(r"([a-z_]+)\{([^}]*)\}")
LABEL: Final = re.compile(r'(\w+)=~?"([^"]*)"')
GROUPED: Final = re.compile(r"\bby \(([\w, ]+)\)")
PROMETHEUS: Final = frozenset({"instance", "job", "le"})
"""The labels that Prometheus adds, and those of buckets."""
VALUES: Final = {
    "outcome": set(figures.OUTCOMES),
    "state": set(figures.STATES),
    "status": set(figures.ENDS),
}


class Figure(NamedTuple):
    """One figure as Prometheus knows it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


def all_figures() -> Iterator[Figure]:
    """Yield every figure that a server shows."""
    for metric in vars(figures).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (family,) = metric.collect()
            total = "_total" if family.type == "counter" else ""
            labels = tuple(metric._labelnames)  # noqa: SLF001 - it has no public name
            name = family.name + total
            yield Figure(name, family.type, labels, family.documentation)
    for told in figures.TOLD:
        yield Figure(told.name, "gauge", told.labels, told.help)
    for family in ProcessCollector(registry=None).collect():
        total = "_total" if family.type == "counter" else ""
        yield Figure(family.name + total, family.type, ("pid",), family.documentation)


KNOWN: Final = {figure.name: figure for figure in all_figures()}


def figure_of(name: str) -> Figure:
    """Return the figure that a name in a query is of, or is a part of."""
    whole = re.sub(r"_(bucket|sum|count)$", "", name)
    found = KNOWN.get(name) or KNOWN[whole]
    assert name == found.name or found.kind == "histogram", name
    return found


def check_query(query: str) -> None:
    """Assert that a query asks for figures, labels and values that there are."""
    named = [figure_of(name) for name in FIGURE.findall(query)]
    labels = {label for figure in named for label in figure.labels} | PROMETHEUS
    for name, matchers in MATCHED.findall(query):
        own = {"job"} if name == "up" else {*figure_of(name).labels, *PROMETHEUS}
        for label, value in LABEL.findall(matchers):
            assert label in own, query
            assert set(value.split("|")) <= VALUES.get(label, {value}), query
    for grouped in GROUPED.findall(query):
        assert set(grouped.split(", ")) <= labels, query


def test_every_figure_is_there() -> None:
    """None of the checks below is in vain."""
    assert len(KNOWN) > 25
    assert {"voxpop_inbound_messages_total", "voxpop_store_up"} <= set(KNOWN)
    assert "process_resident_memory_bytes" in KNOWN


@pytest.mark.parametrize(
    "query",
    [
        "voxpop_inbound_mesages_total",
        "voxpop_store_up_bucket",
        'voxpop_inbound_messages_total{outcom="taken"}',
        'voxpop_inbound_messages_total{outcome="lost"}',
        "sum by (flow) (voxpop_store_up)",
    ],
)
def test_a_wrong_query_would_be_found(query: str) -> None:
    """A name, a label or a value that is not there is noticed."""
    with pytest.raises((AssertionError, KeyError)):
        check_query(query)


@pytest.mark.parametrize("figure", KNOWN.values(), ids=lambda figure: figure.name)
def test_names(figure: Figure) -> None:
    """A name ends in its unit, and what only grows in `_total`, as is the custom."""
    assert figure.name.endswith("_total") == (figure.kind == "counter")
    units = ("_seconds", "_bytes", "_messages", "_total", "_info", "_up", "_fds")
    assert figure.name.endswith((*units, "_sockets", "_workers"))
    assert len(figure.labels) <= 2


def test_reference() -> None:
    """Every figure stands in the reference as the server tells it, and no other."""
    rows = re.findall(
        r"^\| `.*$", section(page(REFERENCE), "Every figure"), re.MULTILINE
    )
    assert sorted(rows) == sorted(
        f"| `{each.name}` | {each.kind} | "
        f"{', '.join(f'`{label}`' for label in each.labels)} | {each.help} |"
        for each in KNOWN.values()
    )


@pytest.mark.parametrize(("label", "values"), VALUES.items())
def test_values_of_labels(label: str, values: set[str]) -> None:
    """Each value that a label may have is explained."""
    text = section(page(REFERENCE), "What the labels say")
    (row,) = re.findall(rf"^\| `{label}` \| (.*)$", text, re.MULTILINE)
    assert values == set(re.findall(r"`(\w+)`", row))


# ── the dashboard ────────────────────────────────────────────────────────────────────


def panels() -> list[dict[str, Any]]:
    """Return the panels of the dashboard."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return found


QUERIES: Final[list[str]] = [
    target["expr"] for panel in panels() for target in panel.get("targets", [])
]


@pytest.mark.parametrize("query", QUERIES)
def test_queries_of_the_dashboard(query: str) -> None:
    """A panel asks for figures that there are."""
    check_query(query.replace("$instance", "x"))
    assert '{instance=~"$instance"' in query


def test_the_dashboard_can_be_imported() -> None:
    """It names no data source but its variable, and each panel says what it is for."""
    board = json.loads(DASHBOARD.read_text("utf-8"))
    variables = [each["name"] for each in board["templating"]["list"]]
    assert variables == ["datasource", "instance"]
    sources = re.findall(r'"uid": "([^"]*)"', DASHBOARD.read_text("utf-8"))
    assert set(sources) == {SOURCE, "voxpop"}  # the last is the dashboard's own
    numbers = [panel["id"] for panel in panels()]
    assert len(set(numbers)) == len(numbers)
    for panel in panels():
        assert panel["title"]
        assert panel["type"] == "row" or panel["description"]


def test_every_question_has_its_row() -> None:
    """The rows are the questions that an operator asks, and the page names them."""
    rows = [panel["title"] for panel in panels() if panel["type"] == "row"]
    text = section(page(WATCHING), "See it in Grafana")
    assert rows == re.findall(r"^- \*\*(.*\?)\*\*", text, re.MULTILINE)


def test_nothing_is_left_out() -> None:
    """Each figure of ours stands in a panel or an alert."""
    asked = " ".join([*QUERIES, *alerts().values()])
    shown = {figure_of(name).name for name in FIGURE.findall(asked)}
    own = {name for name in KNOWN if name.startswith("voxpop_")}
    assert own - shown == set()


# ── the alerts ───────────────────────────────────────────────────────────────────────


def alerts() -> dict[str, str]:
    """Return what each alert asks for."""
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


@pytest.mark.parametrize(("name", "query"), alerts().items())
def test_alerts(name: str, query: str) -> None:
    """An alert asks for figures that there are, and its page says what to do."""
    check_query(query)
    text = section(page(WATCHING), "When it rings")
    told = re.search(
        rf"^### {name}\n\n(.+?)(?=^###|\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert told, f"{name} has no section"
    assert "**Means.**" in told[1]
    assert "**Do.**" in told[1]


def test_every_section_is_an_alert() -> None:
    """The page explains no alert that is not there."""
    text = section(page(WATCHING), "When it rings")
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == list(alerts())


def test_alerts_lead_to_their_section() -> None:
    """Each alert is grave or less so, and says in a sentence what is the matter."""
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"critical", "warning"}
            assert rule["annotations"]["summary"].endswith(".")
            assert rule["alert"].lower() in headings(Path(ROOT / "docs" / WATCHING))
