"""Traces, where OpenTelemetry is configured; everywhere else nothing is made or kept.

Spans carry ids and never a person's data: an error is told by its type alone.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.trace import INVALID_SPAN, Link, SpanContext, Status, StatusCode

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider as Sender

log = structlog.get_logger()

NAME: Final = "voxpop"
ENDPOINTS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
"""Either has traces sent; what else begins with OTEL_ holds as the SDK has it."""
_NAMES: Final = ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES")
_NOTHING: Final = nullcontext(INVALID_SPAN)

Facts = Mapping[str, str | int | None]


class _To:
    """Where spans go: nowhere, until somebody wants them."""

    tracer: trace.Tracer | None = None


def wanted() -> bool:
    """Say whether anybody wants spans."""
    return _To.tracer is not None


def here() -> Context | None:
    """Return what a later span may hang on, None where nobody wants spans."""
    return get_current() if _To.tracer is not None else None


def past(
    name: str,
    seconds: float,
    facts: Facts,
    *,
    above: Context | None = None,
    links: Sequence[SpanContext] = (),
    error: Exception | None = None,
) -> SpanContext | None:
    """Tell of what took so long until now; return the place of its span."""
    if _To.tracer is None:
        return None
    span = _To.tracer.start_span(
        name,
        context=above,
        attributes=_attributes(facts),
        links=[Link(each) for each in links],
        start_time=time.time_ns() - int(seconds * 1e9),
    )
    if error is not None:
        fails(span, type(error).__name__)
    span.end()
    return span.get_span_context()


def span(name: str, facts: Facts) -> AbstractContextManager[trace.Span]:
    """Tell of what happens inside; one span that is nothing where nobody wants it."""
    if _To.tracer is None:
        return _NOTHING
    return _To.tracer.start_as_current_span(
        name,
        attributes=_attributes(facts),
        record_exception=False,  # its words are not ours to tell
        set_status_on_exception=False,
    )


def fails(span: trace.Span, reason: str) -> None:
    """Mark a span as one that did not go well."""
    span.set_status(Status(StatusCode.ERROR, reason))


def _attributes(facts: Facts) -> dict[str, str | int]:
    return {f"{NAME}.{name}": fact for name, fact in facts.items() if fact is not None}


# ── where they go ────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def sent() -> AsyncIterator[None]:
    """Send spans for as long as this lasts, if the environment asks for it.

    An SDK that was set up before, as `opentelemetry-instrument` does, is used as it is.
    """
    found = trace.get_tracer_provider()
    if not isinstance(found, trace.ProxyTracerProvider):
        with to(found):
            yield
        return
    sender = _sender() if any(map(os.environ.get, ENDPOINTS)) else None
    if sender is None:
        yield
        return
    try:
        with to(sender):
            yield
    finally:
        await asyncio.to_thread(sender.shutdown)


@contextmanager
def to(provider: trace.TracerProvider) -> Iterator[None]:
    """Have spans made by this provider meanwhile."""
    _To.tracer = provider.get_tracer(NAME, version(NAME))
    try:
        yield
    finally:
        _To.tracer = None


def _sender() -> "Sender | None":
    """Return what sends spans by OTLP over HTTP, None where it is not installed."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if off or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        log.warning("traces_not_sent", mend="pip install 'voxpop[traces]'")
        return None
    named = any(map(os.environ.get, _NAMES))
    resource = Resource.create({} if named else {"service.name": NAME})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
