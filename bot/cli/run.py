"""`voxpop run`: serve the chat, send what is due, keep time, until told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from bot.cli.publishing import Found, by_hand, publish, tell
from bot.cli.watching import watch
from bot.cli.workers import Workers, say_how_to_stop
from bot.config import Settings, load_settings
from bot.errors import WrongUse
from bot.serving import Served, served
from bot.understanding import prepare
from bot.wiring import settle_memory
from channels.web.limits import Limits
from storage.alone import FILE
from web import notify
from web.binding import bind, taken
from web.server import Server

PARENT_SECONDS: Final = 1.0
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".svg", ".gif"})


def run(
    *,
    workers: int = 1,
    socket: int | None = None,
    quiet: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    config: Path | None = None,
) -> int:
    """Serve the chat page and all that goes with it, until stopped.

    Example: voxpop run --workers 2

    Flows are published from their folder at the start, and again whenever one is saved;
    with several workers or `publish: manual`, only by voxpop flow publish.
    Ctrl-C or SIGTERM stops: what is under way is finished first. SIGHUP replaces
    several workers, one after the other, without a lost message.

    Parameters
    ----------
    workers
        How many processes serve on one port; more than one needs PostgreSQL.
    socket
        An open listening socket that was handed over, by its number, in place of
        web.host and web.port.
    quiet
        Serve what is published already, and say nothing when all is well.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if workers < 1:
        raise WrongUse(f"--workers {workers}: at least one process has to serve")
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        if workers > 1:
            return runner.run(_run_workers(workers, config))
        runner.run(_run(config, socket, quiet=quiet))
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the fastest loop there is: uvloop does not exist everywhere."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _run_workers(count: int, config: Path | None) -> int:
    settings = load_settings(config)
    if settings.database_url().startswith(FILE):
        raise WrongUse(
            "several workers need PostgreSQL, for one process has an SQLite file "
            "alone; set `database: postgresql://USER@HOST/NAME`, or leave --workers out"
        )
    with bind(settings.web.host, settings.web.port) as listening:
        code = await Workers(count, listening, config).run()
    if code == 0:
        sys.stdout.write("Stopped.\n")
    return code


def _settle(settings: Settings) -> None:
    """Load what messages will need, and keep it."""
    prepare(settings.brand.languages)
    settle_memory()


async def _run(config: Path | None, handed: int | None, *, quiet: bool) -> None:
    parent = os.getppid()
    settings = load_settings(config)
    alone = handed is None
    if handed is None:
        listening = bind(settings.web.host, settings.web.port)
    else:
        listening = taken(handed)
    limits = Limits()
    with listening:
        async with served(config, settings, limits) as found:
            manual = by_hand(settings, several=not alone)
            told = Found()
            if not quiet:
                told = await publish(found.house, "start", manual=manual)
                tell(told)
            app = await found.app(limits)
            server = Server(app, listening, settings.web.proxies)
            _stop_on_signals(found, server)
            if not quiet:
                await _introduce(found, listening.getsockname()[1])
            if alone and not quiet:
                say_how_to_stop()
            _settle(settings)
            if not notify.ready() and not alone:
                return
            others = [] if alone else [_leave_with(parent)]
            if alone and not manual:
                others = [watch(found.house, told)]
            await found.run(server.run, *others)
    if alone:
        sys.stdout.write("Stopped.\n")


async def _leave_with(parent: int) -> None:
    """Stop when whoever handed us the socket is gone."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop_on_signals(found: Served, server: Server) -> None:
    """Stop at the first signal, in good order; a second one ends at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        found.stopping.set()
        server.stop()
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, stop)


async def _introduce(found: Served, port: int) -> None:
    """Say where the chat is, what runs, and what seems amiss."""
    house = found.house
    settings = house.settings
    flows = sorted(house.library.shelf.current)
    for words in _amiss(settings, flows):
        sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
    lines = ["Voxpop is up."]
    if settings.channels.web.enabled:
        lines.append(f"  Chat:  {_addresses(settings, port)}")
    if found.telegram is not None:
        lines.append(f"  Telegram: {await found.telegram.meet()}")
    lines.append(f"  Flows: {', '.join(flows) or f'none in {settings.flows}'}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _addresses(settings: Settings, port: int) -> str:
    """Return where the chat is: for the world, and on this machine."""
    host = settings.web.host
    everywhere = {"0.0.0.0": "localhost", "::": "localhost"}  # noqa: S104 - names it
    shown = everywhere.get(host, f"[{host}]" if ":" in host else host)
    here = f"http://{shown}:{port}"
    public = settings.web.public_url
    return f"{public}/chat (listening at {here})" if public else f"{here}/chat"


def _amiss(settings: Settings, flows: list[str]) -> list[str]:
    """Return a line for each flow of the chat that is not there."""
    web = settings.channels.web
    if not web.enabled:
        return []
    logo = settings.brand.logo
    lost = [f"brand.logo: {logo} is no picture that is there"] if _lost(logo) else []
    named = {"channels.web.flow": [web.flow] if web.flow else []}
    named["channels.web.allowed"] = list(web.allowed)
    return lost + [
        f"{setting}: there is no flow {name!r}{_meant(name, flows)}"
        for setting, names in named.items()
        for name in names
        if name not in flows
    ]


def _lost(logo: Path | None) -> bool:
    return logo is not None and not (logo.is_file() and logo.suffix.lower() in PICTURES)


def _meant(name: str, flows: list[str]) -> str:
    close = get_close_matches(name, flows, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
