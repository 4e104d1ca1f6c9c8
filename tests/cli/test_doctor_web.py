"""What `voxpop doctor` finds of the public address."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.cli import doctor_web
from bot.clock import now
from tests.cli.asked import Capsys, shop_in, wrong


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: flows and settings, and nothing else."""
    return shop_in(tmp_path, "sqlite", monkeypatch)


@contextmanager
def public(
    status: int = 200, words: str = '{"status":"alive"}', *, folder: Path | None = None
) -> Iterator[str]:
    """Answer at an address as a proxy of ours would; with a folder, by TLS."""
    started: list[str] = []
    loop = asyncio.new_event_loop()

    async def answer(request: web.Request) -> web.Response:
        assert request.path == "/health/live"
        return web.Response(text=words, status=status)

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        tls = _certificate(folder) if folder else None
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        scheme = "https" if folder else "http"
        started.append(f"{scheme}://127.0.0.1:{runner.addresses[0][1]}")
        return runner

    runner = loop.run_until_complete(start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield started[0]
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _certificate(folder: Path) -> ssl.SSLContext:
    """Return a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "own.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.usefixtures("shop")
def test_an_address_that_answers(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a Voxpop answers at the public address, that is well."""
    with public() as url:
        monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", url)
        assert wrong(capsys, "web") == []


@pytest.mark.parametrize(
    ("status", "words"), [(502, "no"), (200, "hello"), (404, '{"status":"alive"}')]
)
@pytest.mark.usefixtures("shop")
def test_somebody_else_answers(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    """What answers has to be Voxpop."""
    with public(status, words) as url:
        monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", url)
        told = f"{url} answers, but not as Voxpop does (HTTP {status})"
        assert wrong(capsys, "web") == [("warning", told)]


def test_certificates(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that does not hold is told apart, and why."""
    with public(folder=shop) as url:
        monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", url)
        [(level, words)] = wrong(capsys, "web")
    assert (level, words.startswith(f"the certificate of {url} does not hold: ")) == (
        "warning",
        True,
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1", "cannot be reached"),
        ("https://nowhere.invalid", "is not known"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_nobody_answers(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    """A name that is not known is another thing than a port where nobody listens."""
    monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", url)
    [(level, words)] = wrong(capsys, "web")
    assert (level, words.endswith(told)) == ("warning", True)


@pytest.mark.usefixtures("shop")
def test_tls_where_none_is_spoken(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An https address behind which no TLS is spoken is told."""
    with public() as url:
        secure = url.replace("http:", "https:")
        monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", secure)
        assert wrong(capsys, "web") == [("warning", f"{secure} does not speak TLS")]


@pytest.mark.usefixtures("shop")
def test_http_for_the_world(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address for the world that is not https is warned of."""
    monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", "http://nowhere.invalid")
    [_, (level, words)] = wrong(capsys, "web")
    assert (level, "others can read along" in words) == ("warning", True)


@pytest.mark.usefixtures("shop")
def test_slow(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that does not answer is not waited for."""
    monkeypatch.setattr(doctor_web, "SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", url)
        [(_, words)] = wrong(capsys, "web")
    assert "does not answer within" in words
