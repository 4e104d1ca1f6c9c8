"""`voxpop run`: serve the chat, send what is due, keep time, until told to stop."""

import asyncio
import signal
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from bot.cli.publishing import publish, tell
from bot.cli.watching import watch
from bot.config import Settings, load_settings
from bot.serving import Served, served
from bot.wiring import House, settle_memory
from channels.web.limits import Limits
from web.binding import bind
from web.server import Server

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".svg", ".gif"})


def run(*, config: Path | None = None) -> int:
    """Serve the chat page and all that goes with it, until stopped.

    Example: voxpop run --config config.yaml

    Flows are taken up from their folder at the start, and again whenever one is saved.
    Ctrl-C or SIGTERM stops: what is under way is finished first.

    Parameters
    ----------
    config
        The settings to read instead of config.yaml in this folder.

    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_run(config))
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the fastest loop there is: uvloop does not exist everywhere."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _run(config: Path | None) -> None:
    settings = load_settings(config)
    listening = bind(settings.web.host, settings.web.port)
    limits = Limits()
    with listening:
        async with served(config, settings, limits) as found:
            _, errors = await publish(found.house, "run")
            tell(errors)
            app = await found.app(limits)
            server = Server(app, listening, settings.web.proxies)
            _stop_on_signals(found, server)
            _introduce(found.house, listening.getsockname()[1])
            settle_memory()
            await found.run(server.run, watch(found.house, errors))
    sys.stdout.write("Stopped.\n")


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


def _introduce(house: House, port: int) -> None:
    """Say where the chat is, what runs, and what seems amiss."""
    settings = house.settings
    flows = sorted(house.library.shelf.current)
    for words in _amiss(settings, flows):
        sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
    lines = ["Voxpop is up."]
    if settings.channels.web.enabled:
        lines.append(f"  Chat:  {_addresses(settings, port)}")
    lines.append(f"  Flows: {', '.join(flows) or f'none in {settings.flows}'}")
    lines.append("Stop it with Ctrl-C.")
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
