"""One-time links to the chat page: who opens one is whom it was made for."""

from pathlib import Path

import pytest

from bot.model.contact import Address
from bot.service import linking
from tests.channels.web.serving import Serving, serving

ANN = Address("crm", "4711")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return an empty folder for a shop."""
    return tmp_path


async def made(server: Serving, address: Address = ANN) -> str:
    """Return the code of a new link to a customer."""
    return (await linking.make(server.house.desk, address)).code


async def test_a_link(shop: Path) -> None:
    """The browser that opens it first is the customer's from then on."""
    async with serving(shop) as server:
        code = await made(server)
        async with server.page(link=code) as page:
            await page.heard("how likely")
            token = page.token
        async with server.page(visitor=token) as again:
            assert again.token == token
            assert any("how likely" in text for text in again.texts())
        async with server.page(link=code) as stranger:
            await stranger.heard("how likely")
            assert stranger.token != token
            await stranger.say("3")
        async with server.page(visitor=token) as back:
            assert not any("let you down" in text for text in back.texts())
        handles = await _handles(server)
    assert len(handles) == 1


async def _handles(server: Serving) -> list[str]:
    """Return the browsers of the customer and of whom they were joined to."""
    async with server.house.store.reading() as work:
        [ann] = (await work.contacts_at([ANN])).values()
        kin = await work.members([ann.merged_into]) if ann.merged_into else [ann]
        own = await work.addresses([one.id for one in kin])
    return [a.handle for each in own.values() for a in each if a.channel == "web"]


async def test_another_customer_s_link(shop: Path) -> None:
    """Who is one customer does not become another by a link."""
    async with serving(shop) as server:
        first, second = await made(server), await made(server, Address("crm", "2"))
        async with server.page(link=first) as page:
            token = page.token
        async with server.page(visitor=token, link=second) as page:
            assert page.token == token
        assert len(await _handles(server)) == 1


@pytest.mark.parametrize("code", ["join-nothing", "x" * 60, "join-<script>"])
async def test_codes_that_lead_nowhere(shop: Path, code: str) -> None:
    """Whoever comes by a link that is no good is greeted like anybody."""
    async with serving(shop) as server, server.page(link=code) as page:
        await page.heard("how likely")


@pytest.mark.parametrize(
    ("asked", "told"),
    [("join-abc", '"join-abc"'), ("", "null"), ("join-" * 99, "null")],
)
async def test_the_page(shop: Path, asked: str, told: str) -> None:
    """The page brings the code that it was opened with, where it may be one."""
    async with serving(shop) as server:
        page = await server.http.get("/chat", params={"join": asked})
    assert f'"link": {told}' in page.text
