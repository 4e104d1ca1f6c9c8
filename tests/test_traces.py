"""Traces: what spans tell, and that there are none where nobody wants them."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN

from bot import traces
from bot.errors import Refused
from bot.model.message import Delivery, State
from bot.service import inbound
from tests.service.house import House, open_house

SURVEY = "flow: f\nexpire_after: 2 days\nsteps:\n  q: {ask: How was it?, answer: nps}\n"
CANARY = "canary"


class Spans:
    """What was traced."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._kept))

    def named(self, name: str) -> list[ReadableSpan]:
        """Return the spans of a name, in the order they ended."""
        return [span for span in self._kept.get_finished_spans() if span.name == name]

    def text(self) -> str:
        """Return all that the spans tell."""
        return "".join(span.to_json() for span in self._kept.get_finished_spans())


@pytest.fixture
def spans() -> Iterator[Spans]:
    """Keep what is traced."""
    kept = Spans()
    with traces.to(kept.provider):
        yield kept


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in memory with a survey."""
    async with open_house(SURVEY) as opened:
        yield opened


def told(span: ReadableSpan) -> dict[str, Any]:
    """Return what a span tells of itself."""
    facts = span.attributes or {}
    return {name.removeprefix("voxpop."): value for name, value in facts.items()}


async def test_messages_in(spans: Spans, house: House) -> None:
    """Each message has a span from its coming to its commit; its batch links them."""
    await house.begin("f")
    session = await house.session()
    messages = [house.message(text) for text in ("hm", "9")]
    taken = await asyncio.gather(*(house.inbox.take(each) for each in messages))
    takes = spans.named("take")
    assert [told(span) for span in takes] == [
        {
            "inbound": each.id,
            "talk": session.id,
            "contact": session.contact,
            "channel": "web",
        }
        for each in taken
    ]
    (batch,) = spans.named("batch")
    assert told(batch) == {"messages": 2}
    assert [link.context for link in batch.links] == [span.context for span in takes]
    for span in (*takes, batch):
        assert span.start_time
        assert span.end_time
        assert 0 < span.end_time - span.start_time < 60e9


async def test_a_message_hangs_on_its_request(spans: Spans, house: House) -> None:
    """Where a request is traced that brings a message, the message is part of it."""
    tracer = spans.provider.get_tracer("a server")
    with tracer.start_as_current_span("POST") as request:
        await house.inbox.take(house.message("hello"))
    (take,) = spans.named("take")
    assert take.parent == request.get_span_context()


async def test_messages_out(spans: Spans, house: House) -> None:
    """Each message of ours has a span while it is sent, with what became of it."""
    await house.begin("f")
    (asked,) = await house.store.outbox()
    (send,) = spans.named("send")
    assert told(send) == {
        "delivery": asked.id,
        "talk": asked.session,
        "contact": asked.contact,
        "channel": "web",
        "state": asked.state,
    }
    assert send.status.is_unset


async def test_a_channel_is_inside_its_span(
    spans: Spans, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a channel traces while it sends is part of the message's span."""
    seen: list[trace.Span] = []

    async def send(_delivery: Delivery) -> tuple[State, None]:
        seen.append(trace.get_current_span())
        raise RuntimeError(CANARY)

    monkeypatch.setattr(house.listener, "send", send)
    await house.begin("f")
    (sent,) = spans.named("send")
    assert [span.get_span_context() for span in seen] == [sent.context]
    assert (sent.status.is_ok, sent.status.description) == (False, "unknown")
    assert told(sent)["state"] == "unknown"
    assert CANARY not in spans.text()


async def test_time(spans: Spans, house: House) -> None:
    """What time wakes has a span; a look that finds nothing has none."""
    await house.begin("f")
    await house.timers.tick()
    assert spans.named("tick") == []
    await house.wait(days=3)
    (tick,) = spans.named("tick")
    assert told(tick) == {"talks": 1}


async def test_failures_are_told_without_words(
    spans: Spans, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that fails says so by the kind of its error alone."""

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(inbound, "_handle", fail)
    with pytest.raises(Refused):
        await house.inbox.take(house.message(CANARY, handle=CANARY, key=CANARY))
    (take,) = spans.named("take")
    assert (take.status.is_ok, take.status.description) == (False, "Refused")
    assert CANARY not in spans.text()


async def test_nobody_wants_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an SDK no span is made, however many messages come and go."""

    def made(*_: object, **__: object) -> trace.Span:
        raise AssertionError

    monkeypatch.setattr(trace.NoOpTracer, "start_span", made)
    monkeypatch.setattr(trace.ProxyTracer, "start_span", made)
    async with traces.sent():
        assert not traces.wanted()
        assert traces.here() is None
        await house.begin("f")
        await house.say("9")
        assert await house.histogram() == {"9": 1}
        with traces.span("send", {}) as one, traces.span("send", {}) as other:
            assert one is other is INVALID_SPAN


async def test_another_has_set_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SDK that stands there already is used as it is."""
    spans = Spans()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: spans.provider)
    async with traces.sent():
        traces.past("batch", 0.0, {})
    assert not traces.wanted()
    assert len(spans.named("batch")) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_SDK_DISABLED", "true")],
)
async def test_turned_off(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables that turn traces off do so, also where an address is named."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv(name, value)
    async with traces.sent():
        assert not traces.wanted()


async def test_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where traces are wanted and cannot be sent, it is told what to install."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    async with traces.sent():
        assert not traces.wanted()
    told = capsys.readouterr()
    assert "voxpop[traces]" in told.err + told.out
