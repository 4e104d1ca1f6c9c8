"""Photos and files: taken where asked, by what they are and not what they say."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from channels.web.limits import Limits, Rate
from channels.web.uploads import Uploads
from storage.files import open_files
from tests import buckets
from tests.channels.web.serving import Serving, serving

PHOTO = """
flow: photo
languages: [en]
steps:
  photo: {ask: Show us what broke., answer: photo, optional: true}
  voice: {ask: Tell us., answer: voice, optional: true}
  file: {ask: And the bill?, answer: file, optional: true}
  done: {say: Thanks.}
"""
CONFIG = "channels: {web: {flow: photo}}\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
OGG = b"OggS" + b"\0" * 64
PDF = b"%PDF-1.7\n"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Return a server whose flow asks for files."""
    limits = Limits(uploads=Rate(30, 0))
    async with serving(tmp_path, PHOTO, config=CONFIG, limits=limits) as found:
        yield found


def bearer(token: str) -> dict[str, str]:
    """Return the header that says who asks."""
    return {"Authorization": f"Bearer {token}"}


async def test_a_photo_from_its_visitor_and_back(server: Serving) -> None:
    """An uploaded photo is the answer, and only its visitor can see it."""
    async with server.page() as page, server.page() as other:
        await page.heard("Show us")
        sent = await server.http.post(
            "/chat/media", content=PNG, headers=bearer(page.token)
        )
        assert sent.status_code == 201
        media = sent.json()["media"]
        stolen = {"type": "give", "key": server.key(), "kind": "photo", "media": media}
        await other.send(**stolen)
        assert (await other.receive("refused"))["reason"] == "refused"
        await page.send(**{**stolen, "text": None})
        stored = await page.receive("stored")
        assert stored["talk"]["asks"] == "voice"
        seen = await server.http.get(f"/chat/media/{media}", headers=bearer(page.token))
        assert (seen.content, seen.headers["content-type"]) == (PNG, "image/png")
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert seen.headers["content-disposition"].startswith("attachment")
        theirs = await server.http.get(
            f"/chat/media/{media}", headers=bearer(other.token)
        )
        assert theirs.status_code == 404
        welcome = await page.hello(visitor=page.token)
        (own,) = [entry for entry in welcome["messages"] if entry["from"] == "me"]
        assert own["media"] == {"kind": "photo", "id": media}


async def test_in_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bucket in place of a folder all is the same, down to the names."""
    for name, value in buckets.keys().items():
        monkeypatch.setenv(name, value)
    bucket = buckets.fresh_bucket()
    config = f"media: s3://{bucket}/shop\n{CONFIG}"
    async with (
        serving(tmp_path, PHOTO, config=config) as server,
        server.page() as page,
        server.page() as other,
    ):
        await page.heard("Show us")
        http, own = server.http, bearer(page.token)
        refused = await http.post("/chat/media", content=b"<svg>" * 9, headers=own)
        sent = await http.post("/chat/media", content=PNG, headers=own)
        media = sent.json()["media"]
        seen = await http.get(f"/chat/media/{media}", headers=own)
        theirs = await http.get(f"/chat/media/{media}", headers=bearer(other.token))
        give = {"type": "give", "kind": "photo", "media": media, "text": None}
        await page.send(key=server.key(), **give)
        assert (await page.receive("stored"))["talk"]["asks"] == "voice"
    assert (refused.status_code, sent.status_code) == (415, 201)
    assert (seen.content, seen.headers["content-type"]) == (PNG, "image/png")
    assert seen.headers["content-length"] == str(len(PNG))
    assert theirs.status_code == 404
    [(place, body)] = buckets.held(bucket).items()
    assert place.startswith("shop/web/")
    assert place.endswith(media)
    assert body == PNG
    assert not (tmp_path / "media").exists()


async def test_a_bucket_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the bucket is away the page is told to come again, and not why."""
    for name, value in buckets.keys().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    config = f"media: s3://none-of-ours\n{CONFIG}"
    async with serving(tmp_path, PHOTO, config=config) as server, server.page() as page:
        await page.heard("Show us")
        own = bearer(page.token)
        sent = await server.http.post("/chat/media", content=PNG, headers=own)
        given = {"kind": "photo", "media": f"{'a' * 22}.png", "text": None}
        await page.send(type="give", key=server.key(), **given)
        assert (await page.receive("later"))["reason"] == "busy"
    assert (sent.status_code, sent.headers["retry-after"]) == (503, "2")
    assert buckets.SECRET not in sent.text
    assert "none-of-ours" not in sent.text


@pytest.mark.parametrize(
    ("body", "claimed"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"),
        (b"<!doctype html><script>alert(1)</script>", "image/jpeg"),
        (b"MZ\x90\0", "image/png"),
        (OGG, "image/png"),
        (PDF, "image/png"),
        (b"", "image/png"),
        (b"\x89PN", "image/png"),
    ],
)
async def test_files_that_lie(server: Serving, body: bytes, claimed: str) -> None:
    """What is no photo is not taken for one, whatever it says of itself."""
    async with server.page() as page:
        await page.heard("Show us")
        sent = await server.http.post(
            "/chat/media",
            content=body,
            headers={**bearer(page.token), "Content-Type": claimed},
        )
        assert sent.status_code == 415
    assert kept(server) == []


async def test_each_question_takes_its_own(server: Serving) -> None:
    """A voice note is sound, and a file may be any of the types that are kept."""
    async with server.page() as page:
        await page.heard("Show us")
        await page.say("skip")
        await page.heard("Tell us")
        for body, status in ((PNG, 415), (OGG, 201)):
            sent = await server.http.post(
                "/chat/media", content=body, headers=bearer(page.token)
            )
            assert sent.status_code == status
        await page.say("skip")
        await page.heard("And the bill")
        for body in (PDF, PNG, OGG):
            sent = await server.http.post(
                "/chat/media", content=body, headers=bearer(page.token)
            )
            assert sent.status_code == 201
        await page.say("skip")
        late = await server.http.post(
            "/chat/media", content=PDF, headers=bearer(page.token)
        )
        assert late.status_code == 409


async def test_files_are_bounded(server: Serving) -> None:
    """A file has a size, and a visitor a number of them."""
    async with server.page() as page:
        await page.heard("Show us")
        large = PNG + b"\0" * (10 * 1024 * 1024)
        sent = await server.http.post(
            "/chat/media", content=large, headers=bearer(page.token)
        )
        assert sent.status_code == 413
        told = [
            (
                await server.http.post(
                    "/chat/media", content=PNG, headers=bearer(page.token)
                )
            ).status_code
            for _ in range(21)
        ]
        assert told == [201] * 20 + [409]


@pytest.mark.parametrize("id_", ["../../voxpop.db", "..%2f..%2fconfig.yaml", "x.png"])
async def test_paths_do_not_lead_out(server: Serving, id_: str) -> None:
    """An id is a name of ours, and never a path."""
    async with server.page() as page:
        seen = await server.http.get(f"/chat/media/{id_}", headers=bearer(page.token))
        assert seen.status_code == 404


@pytest.mark.parametrize(
    ("place", "kind"),
    [("40.4168,-3.7038", "stored"), ("here", "refused"), ("1,2;DROP", "refused")],
)
async def test_places(tmp_path: Path, place: str, kind: str) -> None:
    """A place is two numbers, and anything else is refused."""
    flow = "flow: where\nsteps:\n  at: {ask: Where?, answer: location}\n"
    config = "channels: {web: {flow: where}}\n"
    async with serving(tmp_path, flow, config=config) as server, server.page() as page:
        await page.heard("Where?")
        give = {"type": "give", "kind": "location", "media": place, "text": None}
        await page.send(key=server.key(), **give)
        assert (await page.receive(kind))["type"] == kind


async def test_old_files(tmp_path: Path) -> None:
    """Old files of visitors go; what else lies there is none of ours."""
    uploads = Uploads(open_files(str(tmp_path)))
    beside = tmp_path / "web" / "static" / "logo.png"
    beside.parent.mkdir(parents=True)
    beside.write_bytes(PNG)

    async def parts() -> AsyncIterator[bytes]:
        yield PNG

    handle = "0123456789abcdef"
    id_ = await uploads.keep(handle, "photo", parts())
    assert await uploads.delete_old(now() - timedelta(minutes=1)) == 0
    assert await uploads.has(handle, id_)
    assert await uploads.delete_old(now() + timedelta(minutes=1)) == 1
    assert not await uploads.has(handle, id_)
    assert beside.exists()


def kept(server: Serving) -> list[Path]:
    """Return the files that are kept, and whatever was left on the way."""
    found = Path(server.house.settings.media).rglob("*")
    return [path for path in found if path.is_file()]
