"""What `voxpop doctor` asks of the public address: set, safe, and answering."""

import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx

from bot.config import Settings
from bot.model.finding import Finding, Level

AREA: Final = "web"
SECONDS: Final = 5.0
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
PROXY: Final = "see that voxpop run is up, and what the proxy passes on"
HTTPS: Final = "put a proxy with a certificate before it, and mend web.public_url"


async def web(settings: Settings) -> list[Finding]:
    """Return whether the world reaches us where the settings say."""
    telegram = settings.channels.telegram
    called = telegram.enabled and telegram.mode == "webhook"
    url = settings.web.public_url
    if url is None:
        told = "web.public_url is not set"
        if called:
            mend = "set it, or channels.telegram.mode: polling"
            return [Finding(AREA, "problem", f"{told}, and a webhook needs it", mend)]
        return [Finding(AREA, "ok", f"{told}: the chat is for this network only")]
    grave: Level = "problem" if called else "warning"
    found = [await _answer(url, grave)]
    place = urlsplit(url)
    if place.scheme != "https" and place.hostname not in LOCAL:
        told = f"{url} is not https: others can read along"
        found.append(Finding(AREA, grave, told, HTTPS))
    return found


async def _answer(url: str, grave: Level) -> Finding:
    """Return whether a Voxpop answers at its public address."""
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            response = await client.get(f"{url}/health/live")
    except httpx.TimeoutException:
        told = f"{url} does not answer within {SECONDS:.0f} seconds"
        return Finding(AREA, grave, told, PROXY)
    except httpx.HTTPError as error:
        return Finding(AREA, grave, *_failure(url, error))
    if response.is_success and b'"alive"' in response.content:
        return Finding(AREA, "ok", f"{url} answers")
    told = f"{url} answers, but not as Voxpop does (HTTP {response.status_code})"
    return Finding(AREA, grave, told, PROXY)


def _failure(url: str, error: BaseException) -> tuple[str, str]:
    """Return why there was no answer, and what to do about it."""
    causes = list(_causes(error))
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            told = f"the certificate of {url} does not hold: {each.verify_message}"
            return told, "renew it, and see that it is for this name"
    kinds = tuple(type(each) for each in causes)
    if any(issubclass(kind, ssl.SSLError) for kind in kinds):
        return f"{url} does not speak TLS", "see web.public_url, and the proxy"
    if any(issubclass(kind, socket.gaierror) for kind in kinds):
        return f"the name of {url} is not known", "see web.public_url, and its DNS"
    return f"{url} cannot be reached", PROXY


def _causes(error: BaseException) -> list[BaseException]:
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) is not None:
        found.append(cause)
    return found
