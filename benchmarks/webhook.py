"""How many messages a second Telegram can bring us by its webhook.

*inbound* is the inbound path without a network, as `benchmarks/inbound.py` measures it,
with the same messages. *webhook* are these messages as Telegram posts them, a hundred
under way at once on connections that stay open: each with its secret, read, checked,
stored with all it leads to, and counted when we acknowledge it. *bare* is a route of
Starlette's on the same server that reads the same requests and stores nothing.

No message goes out meanwhile, in none of the three. The server has one core to itself.

Run: python benchmarks/webhook.py
"""

import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any, Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import Response  # noqa: E402
from starlette.routing import Route  # noqa: E402

from benchmarks.chat import (  # noqa: E402
    CORES,
    MESSAGES,
    ROUNDS,
    Talk,
    on_loop,
    server,
    settings_of,
    told,
)
from benchmarks.inbound import TAPPED, TYPED, prepare, waiting  # noqa: E402
from bot.model.contact import Address  # noqa: E402
from bot.wiring import opened, settle_memory  # noqa: E402
from channels.telegram import buttons  # noqa: E402
from channels.telegram.account import Account  # noqa: E402
from channels.telegram.channel import Telegram  # noqa: E402
from channels.telegram.decode import read  # noqa: E402
from channels.telegram.receiver import Receiver  # noqa: E402
from channels.telegram.settling import CONNECTIONS  # noqa: E402
from channels.telegram.webhook import PATH, Webhook  # noqa: E402
from web.binding import bind  # noqa: E402
from web.groups import Group, Hosts, application  # noqa: E402
from web.server import Server  # noqa: E402

AT_ONCE: Final = CONNECTIONS
SECRET: Final = "x" * 32
FIRST: Final = 1_000_000_000
BARE: Final = "/bare"


def person(number: int) -> Address:
    """Return where one of the contacts is reached."""
    return Address("telegram", str(FIRST + number))


def updates(talks: Sequence[Talk]) -> list[list[bytes]]:
    """Return what Telegram tells of each talk, every other one by press."""
    return [
        [_update(place, turn, *talk) for turn in range(len(TYPED))]
        for place, talk in enumerate(talks)
    ]


def _update(place: int, turn: int, handle: str, session: int) -> bytes:
    user = {"id": int(handle), "is_bot": False, "first_name": "Ann"}
    chat = {"id": int(handle), "type": "private", "first_name": "Ann"}
    message = {"message_id": 7 + turn, "date": 1_772_449_200, "chat": chat}
    told: dict[str, Any] = {"message": {**message, "from": user, "text": TYPED[turn]}}
    if place % 2:
        step, options = TAPPED[turn]
        data = [buttons.data(session, step, option) for option in options][:1]
        rows = [[{"text": str(n), "callback_data": data[0]} for n in range(8)]]
        shown = {**message, "text": "How?", "reply_markup": {"inline_keyboard": rows}}
        query = {"id": f"{place}{turn}", "from": user, "chat_instance": "1"}
        told = {"callback_query": {**query, "data": data[0], "message": shown}}
    return json.dumps({"update_id": FIRST + place * 4 + turn, **told}).encode()


class Silent(Telegram):
    """The channel, but for what goes out beside messages."""

    def beside(self, request: Coroutine[Any, Any, None]) -> bool:
        """Leave it."""
        request.close()
        return False


# ── without a network ────────────────────────────────────────────────────────────────


async def inbound(file: Path) -> float:
    """Return messages a second of the inbound path."""
    async with opened(settings=settings_of(file), worker=True) as house:
        talks = await waiting(house.desk, who=person)
        told = updates([(address.handle, session) for address, session in talks])
        messages = [[read(raw).inbound for raw in own] for own in told]
        settle_memory()

        async def caller(first: int) -> None:
            for own in messages[first::AT_ONCE]:
                for message in own:
                    assert message is not None  # noqa: S101 - all are for us
                    await house.inbox.take(message)

        start = perf_counter()
        await asyncio.gather(*(caller(first) for first in range(AT_ONCE)))
        return MESSAGES / (perf_counter() - start)


# ── the server ───────────────────────────────────────────────────────────────────────


def serve(file: Path, pipe: Connection, core: int) -> None:
    """Serve in a process of its own until told to stop."""
    os.sched_setaffinity(0, {core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(file, pipe))


async def _serve(file: Path, pipe: Connection) -> None:
    listening = bind("127.0.0.1", 0)
    async with opened(settings=settings_of(file), worker=True) as house:
        channel = Silent(Account("1:token", "http://127.0.0.1:9"))
        receiver = Receiver(house.inbox, channel, house.desk.clock)
        routes = [Route(PATH, Webhook(receiver, SECRET))]
        app = application([Group("/telegram", routes)], Hosts(["127.0.0.1"]))
        plain = Starlette(routes=[Route(BARE, _bare, methods=["POST"])])

        async def either(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
            which = plain if scope["path"] == BARE else app
            await which(scope, receive, send)

        serving = Server(either, listening, [])
        talks = await waiting(house.desk, who=person)
        pipe.send((listening.getsockname()[1], [(a.handle, s) for a, s in talks]))
        settle_memory()
        asyncio.get_running_loop().add_reader(pipe.fileno(), serving.stop)
        await serving.run()


async def _bare(request: Request) -> Response:
    """Read a request, and acknowledge it."""
    await request.body()
    return Response()


# ── Telegram's side ──────────────────────────────────────────────────────────────────


async def posted(port: int, texts: Sequence[Sequence[bytes]]) -> float:
    """Return requests a second over connections that are kept open."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE)]

    async def line(number: int) -> None:
        reader, writer = lines[number]
        for own in texts[number::AT_ONCE]:
            for text in own:
                writer.write(text)
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(head.decode())

    start = perf_counter()
    await asyncio.gather(*(line(number) for number in range(AT_ONCE)))
    took = perf_counter() - start
    for _, writer in lines:
        writer.close()
    return sum(map(len, texts)) / took


def requests(told: Sequence[Sequence[bytes]], path: str) -> list[list[bytes]]:
    """Return the requests that bring updates."""
    return [[_request(body, path) for body in own] for own in told]


def _request(body: bytes, path: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


# ── the figures ──────────────────────────────────────────────────────────────────────


async def networked(file: Path, core: int) -> dict[str, float]:
    """Return what the webhook reaches, and the bare route on the same server."""
    async with server(file, core, serve) as (port, talks):
        told = updates(talks)
        return {
            "webhook": await posted(port, requests(told, PATH)),
            "bare": await posted(port, requests(told, BARE)),
        }


def one_round(start: Path, folder: Path) -> dict[str, float]:
    """Return messages a second of each, on the same data."""
    here, there = min(CORES), max(CORES)
    files = [folder / f"{name}.db" for name in "ab"]
    for file in files:
        for old in folder.glob(f"{file.name}*"):
            old.unlink()
        shutil.copy(start, file)
    own = on_loop(lambda: inbound(files[0]), there)
    return {"inbound": own, **on_loop(lambda: networked(files[1], there), here)}


def main() -> None:
    """Run the rounds and print the medians."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        start = folder / "start.db"
        asyncio.run(prepare(start, who=person))
        rounds = []
        for number in range(1, ROUNDS + 1):
            rates = one_round(start, folder)
            rounds.append(rates)
            print(f"round {number}: {told(rates)}", flush=True)
    middle = {way: statistics.median(r[way] for r in rounds) for way in rounds[0]}
    share = statistics.median(r["webhook"] / r["inbound"] for r in rounds)
    print(f"median:  {told(middle)}   webhook to inbound {share:.2f}")


if __name__ == "__main__":
    main()
