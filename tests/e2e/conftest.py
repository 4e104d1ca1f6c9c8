"""A real browser, and pages that fail their test when something is amiss in them."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.running import Running
from tests.examples import ROOT, lay_out

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: Final = {"width": 390, "height": 844}
PICTURES: Final = os.environ.get("CHAT_PICTURES")
"""Where pictures of the pages are kept; without it they are taken and forgotten."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have tests with a browser come last: once one runs, no other loop can."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real Chromium; that there is none is a failure, never a skip."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail(
            "These tests need Chromium: `sudo apt install chromium`, "
            "or any Chrome of your own on the PATH."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the example flows and settings, and nothing else."""
    return lay_out(tmp_path)


@pytest.fixture
def server(shop: Path) -> Iterator[Running]:
    """Return a server with the example flows."""
    with Running(shop) as running:
        yield running


Opening = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opening]:
    """Return a way to open pages; what is amiss in any of them fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(url: str, **options: Any) -> Page:  # noqa: ANN401 - a context's options
        context = browser.new_context(**{"viewport": PHONE, "locale": "en", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _heard(said.type, said.text, complaints))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _heard(kind: str, text: str, complaints: list[str]) -> None:
    """Keep what a page complains about, but for a server that is away."""
    away = "ERR_CONNECTION_REFUSED" in text or "WebSocket connection" in text
    expected = away or "503 (Service Unavailable)" in text or "Voxpop: identify" in text
    if kind in {"error", "warning"} and not expected:
        complaints.append(text)


def check_access(page: Page) -> None:
    """Assert that axe finds nothing."""
    page.wait_for_timeout(0)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def picture(page: Page, name: str) -> None:
    """Take a picture of a page, and keep it where pictures are asked for."""
    taken = page.screenshot(animations="disabled")
    assert taken.startswith(b"\x89PNG")
    if PICTURES:
        folder = ROOT / PICTURES
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(taken)


class Site(SimpleHTTPRequestHandler):
    """Another site's pages, with as strict a policy as a site can have."""

    policy = ""

    def end_headers(self) -> None:
        """Add the policy."""
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def site(folder: Path, policy: str) -> Iterator[int]:
    """Serve a folder as another site; yield its port."""
    handler = type("Handler", (Site,), {"policy": policy})
    made = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving.server_port
        serving.shutdown()
