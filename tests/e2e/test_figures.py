"""What those see who watch a server: its figures, its traces, its log."""

import asyncio
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from websockets.asyncio.client import connect

from bot import figures
from tests.databases import fresh_database
from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.examples import lay_out
from tests.test_figures import read

pytestmark = pytest.mark.e2e

SECRET = "m" * 40


WORDS = ("3, it came late", "yes")


async def talk(server: Running) -> None:
    """Answer the survey to its end, each word once the last is stored."""
    url = f"ws://127.0.0.1:{server.port}/chat/socket"
    async with asyncio.timeout(60), connect(url, proxy=None) as page:
        await page.send(json.dumps({"type": "hello"}))
        heard = ""
        for number, text in enumerate(WORDS):
            frame = {"type": "say", "key": f"a-key-{number:04}", "text": text}
            await page.send(json.dumps(frame))
            while f'"stored","key":"{frame["key"]}"' not in heard:
                heard += str(await page.recv())
        while "Thank you" not in heard:
            heard += str(await page.recv())


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Take traces in as OpenTelemetry's collector does; yield where, and what came."""
    came: list[ExportTraceServiceRequest] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            came.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}", came
        serving.shutdown()


def test_figures_of_a_talk(shop: Path) -> None:
    """After a talk the figures tell of it, to this machine and to nobody else."""
    with Running(shop, VOXPOP_WEB__METRICS=SECRET) as server:
        asyncio.run(talk(server))
        status, text = server.get("/metrics")
        shown = read(text)
        taken = (("channel", "web"), ("outcome", "taken"))
        assert status == 200
        assert shown["voxpop_inbound_messages_total", taken] == 3  # with the opening
        assert shown["voxpop_talks_begun_total", (("flow", "nps"),)] == 1
        ended = (("flow", "nps"), ("status", "completed"))
        assert shown["voxpop_talks_ended_total", ended] == 1
        assert shown["voxpop_store_up", ()] == 1
        assert shown["voxpop_workers", ()] == 1
        passed_on = {"X-Forwarded-For": "127.0.0.1"}
        url = f"{server.url}/metrics"
        assert httpx.get(url, headers=passed_on, trust_env=False).status_code == 404
        bearer = {**passed_on, "Authorization": f"Bearer {SECRET}"}
        assert httpx.get(url, headers=bearer, trust_env=False).status_code == 200
        assert server.errors() == ""


def both_serve(server: Running) -> None:
    """Return once the figures tell of two workers."""
    latest = time.monotonic() + PATIENCE
    while read(server.get("/metrics")[1])["voxpop_workers", ()] < 2:
        assert time.monotonic() < latest


@pytest.mark.postgres
def test_figures_of_several_workers(shop: Path) -> None:
    """Whichever worker is asked shows what all counted, also once they are renewed."""
    server = Running(shop, VOXPOP_DATABASE=fresh_database())
    server.command = (*VOXPOP, "run", "--workers", "2")
    ended = ("voxpop_talks_ended_total", (("flow", "nps"), ("status", "completed")))
    with server:
        both_serve(server)  # the first one says that it is up before the second is
        for _ in range(4):
            asyncio.run(talk(server))
        shown = [read(server.get("/metrics")[1]) for _ in range(6)]
        assert {each[ended] for each in shown} == {4}
        assert {each["voxpop_workers", ()] for each in shown} == {2}
        os.kill(server.pid, signal.SIGHUP)
        server.heard("All workers are new.")
        asyncio.run(talk(server))
        shown = [read(server.get("/metrics")[1]) for _ in range(6)]
        assert {each[ended] for each in shown} == {5}
        assert {each["voxpop_workers", ()] for each in shown} == {2}
        assert server.stop() == 0


def test_figures_of_several_servers(tmp_path: Path) -> None:
    """Servers that share a directory show what all counted, also those that ended."""
    shared, one_shop, other_shop = (tmp_path / name for name in ("f", "a", "b"))
    for folder in (shared, one_shop, other_shop):
        folder.mkdir()
    variable = {figures.SHARED: str(shared)}
    ended = ("voxpop_talks_ended_total", (("flow", "nps"), ("status", "completed")))
    with Running(lay_out(one_shop), **variable) as one:
        with Running(lay_out(other_shop), **variable) as other:
            for server in (one, other, other):
                asyncio.run(talk(server))
            shown = [read(server.get("/metrics")[1]) for server in (one, other)]
            assert [each[ended] for each in shown] == [3, 3]
            assert [each["voxpop_workers", ()] for each in shown] == [2, 2]
        shown = [read(one.get("/metrics")[1])]
        assert [each[ended] for each in shown] == [3]
        assert [each["voxpop_workers", ()] for each in shown] == [1]
        assert one.errors() == ""


def test_traces_of_a_talk(shop: Path) -> None:
    """Traces of a talk reach a collector, the last of them when the server stops."""
    with (
        collector() as (url, came),
        Running(shop, OTEL_EXPORTER_OTLP_ENDPOINT=url) as server,
    ):
        asyncio.run(talk(server))
        assert server.stop() == 0
        assert server.errors() == ""
    resources = [each for request in came for each in request.resource_spans]
    named = {
        attribute.value.string_value
        for each in resources
        for attribute in each.resource.attributes
        if attribute.key == "service.name"
    }
    assert named == {"voxpop"}
    spans = [
        span for each in resources for scope in each.scope_spans for span in scope.spans
    ]
    names = [span.name for span in spans]
    assert set(names) == {"take", "batch", "send"}
    assert names.count("take") == 3
    assert "it came late" not in str(came)


def test_a_collector_that_is_away(shop: Path) -> None:
    """A collector that nobody finds hinders no talk and no end."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Running(shop, OTEL_EXPORTER_OTLP_ENDPOINT=url) as server:
            asyncio.run(talk(server))
            assert server.stop() == 0
            told = [json.loads(line) for line in server.errors().splitlines()]
    assert {line["event"] for line in told} <= {"library_said"}


def test_the_log_at_debug(shop: Path) -> None:
    """At debug each line is JSON with the talk that it belongs to."""
    with Running(shop, VOXPOP_LOG__LEVEL="debug") as server:
        asyncio.run(talk(server))
        told = [json.loads(line) for line in server.errors().splitlines()]
    assert len({line["talk"] for line in told}) == 1
    assert "late" not in str(told)
