"""The page itself: its size, the language it speaks, what it shows of a brand."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.web.display import MOST_STARS
from channels.web.look import colours, contrast, lighter
from tests.channels.web.serving import Serving, serving

LARGEST = 100_000


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Return a server with the example flows."""
    async with serving(tmp_path) as found:
        yield found


async def test_its_size(server: Serving) -> None:
    """The page with all it loads stays below 100 kB, and all of it is our own."""
    page = (await server.http.get("/chat")).text
    loaded = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    assert all(place.startswith("/chat/") for place in loaded)
    sizes = [len((await server.http.get(place)).content) for place in loaded]
    assert len(sizes) > 10
    assert len(page.encode()) + sum(sizes) < LARGEST


async def test_nothing_inline(server: Serving) -> None:
    """No script and no style stands in the page itself: the policy has no exception."""
    answer = await server.http.get("/chat")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all("src=" in each or "application/json" in each for each in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)


async def test_its_stars(server: Serving) -> None:
    """The page draws stars for scales as long as our limits say."""
    page = (await server.http.get("/chat")).text
    (place,) = re.findall(r'"(/chat/assets/\w+/question\.js)"', page)
    script = (await server.http.get(place)).text
    assert f"const MOST_STARS = {MOST_STARS};" in script


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("es-MX,en;q=0.5", "es"),
        ("da", "en"),
        ("", "en"),
        ("*", "en"),
        ("nonsense;q=x, es", "es"),
    ],
)
async def test_the_language_of_the_page(
    server: Serving, wanted: str, language: str
) -> None:
    """The page speaks what the browser asks for if the flow does, else the flow's."""
    answer = await server.http.get("/chat", headers={"Accept-Language": wanted})
    assert f'<html lang="{language}" dir="ltr"' in answer.text


@pytest.mark.parametrize("language", ["ca", "xx", "", "../en", "en-GB"])
async def test_words_of_a_language_we_have_not(server: Serving, language: str) -> None:
    """Where the page has no words in a language, English stands in."""
    answer = await server.http.get("/chat/words", params={"language": language})
    found = answer.json()
    assert (found["language"], found["direction"]) == ("en", "ltr")
    assert found["words"]["title"] == "Chat with Acme"


async def test_a_brand_is_data(tmp_path: Path) -> None:
    """A brand's name is shown literally, wherever it stands."""
    config = "brand: {name: '</script><b>\"{words}'}\nchannels: {web: {flow: hi}}\n"
    flow = "flow: hi\nsteps:\n  hi: {ask: Hello?, answer: text}\n"
    async with serving(tmp_path, flow, config=config) as server:
        page = (await server.http.get("/chat")).text
        assert "</script><b>" not in page
        script = (await server.http.get("/chat/embed.js")).text
        assert "</script><b>" not in script
        assert "__SET__" not in script


@pytest.mark.parametrize(
    "color", ["#000000", "#ffffff", "#0a3d91", "#ffe600", "#777777"]
)
def test_colours_read_well(color: str) -> None:
    """What stands on a brand's colour reads well, also at night."""
    for brand in (color, lighter(color)):
        ours = colours(brand)
        assert contrast(ours.brand, ours.on_brand) >= 4.5


async def test_two_windows_at_once_begin_once(server: Serving) -> None:
    """Two first looks of one visitor at the same moment share one talk."""
    visit = {"type": "hello"}
    welcome = (await server.http.post("/chat/visits", json=visit)).json()
    await server.found.visits.forget_silent(keep=0)
    async with server.socket() as one, server.socket() as other:
        hello = {"type": "hello", "visitor": welcome["visitor"]}
        await asyncio.gather(one.send(**hello), other.send(**hello))
        asked = [await page.heard("how likely") for page in (one, other)]
        assert asked[0]["id"] == asked[1]["id"]
