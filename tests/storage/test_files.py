"""Photos and files: kept whole or not at all, in a folder as in a bucket."""

import os
import resource
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from bot.errors import StoreUnavailable, WrongUse
from storage.bucket import Bucket
from storage.files import open_files
from storage.folder import DRAFTS, Folder
from tests.buckets import SECRET, fresh_bucket, held, keys, unfinished

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
LARGE = PNG + b"x" * (6 * 1024 * 1024)
SOON = timedelta(minutes=1)


class Refusal(Exception):
    """What a test refuses a file with."""


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Folder | Bucket:
    """Return an empty place of either kind."""
    if request.param == "folder":
        return open_files(str(tmp_path / "media"))
    return open_files(f"s3://{fresh_bucket()}/a/shop", keys())


async def parts(
    whole: bytes, size: int = 1000, then: Exception | None = None
) -> AsyncIterator[bytes]:
    """Yield bytes some at a time; at their end, fail if told to."""
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
    if then is not None:
        raise then


def named(name: str) -> Callable[[bytes], str]:
    """Return what gives this name to any file."""
    return lambda _: name


async def content(files: Folder | Bucket, name: str) -> bytes | None:
    """Return what is kept under a name."""
    opened = await files.open(name)
    if opened is None:
        return None
    found = b"".join([part async for part in opened.parts])
    assert len(found) == opened.size
    return found


@pytest.mark.parametrize("whole", [PNG, LARGE, b"%PDF-"])
async def test_there_and_back(files: Folder | Bucket, whole: bytes) -> None:
    """A file comes back as it went, however large it is."""
    kept = await files.keep(parts(whole, 70_000), named("web/0a/one.png"))
    assert kept == ("web/0a/one.png", len(whole))
    assert await content(files, "web/0a/one.png") == whole
    assert await files.size("web/0a/one.png") == len(whole)


@pytest.mark.parametrize("size", [1, 7, 16, 17, 1000])
async def test_named_by_first_bytes(files: Folder | Bucket, size: int) -> None:
    """The name is asked for once, when the first bytes are there, however they come."""
    asked: list[bytes] = []

    def name(start: bytes) -> str:
        asked.append(start)
        return "web/0a/one.png"

    await files.keep(parts(PNG, size), name)
    assert asked == [PNG[:16]]
    assert await content(files, "web/0a/one.png") == PNG


async def test_none(files: Folder | Bucket) -> None:
    """What was never kept is not there, and may be deleted all the same."""
    assert await files.open("web/0a/none.png") is None
    assert await files.size("web/0a/none.png") is None
    assert await files.size("web") is None
    assert await files.names("web/0a") == []
    await files.delete("web/0a")


async def test_refused_by_name(files: Folder | Bucket) -> None:
    """What is refused by its first bytes leaves nothing behind, nor is it read on."""
    read: list[bytes] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(b"<svg>" * 10)
            yield read[-1]

    def refuse(_: bytes) -> str:
        raise Refusal

    with pytest.raises(Refusal):
        await files.keep(endless(), refuse)
    assert len(read) == 1
    assert await files.names("web") == []


@pytest.mark.parametrize("whole", [PNG, LARGE])
@pytest.mark.parametrize("fault", [Refusal(), TimeoutError()])
async def test_whole_or_not_at_all(
    files: Folder | Bucket, whole: bytes, fault: Exception
) -> None:
    """What breaks off is not there, also where something else was under its name."""
    with pytest.raises(type(fault)):
        await files.keep(parts(whole, 70_000, fault), named("web/0a/one.png"))
    assert await files.size("web/0a/one.png") is None
    await files.keep(parts(PNG), named("web/0a/one.png"))
    with pytest.raises(type(fault)):
        await files.keep(parts(whole, 70_000, fault), named("web/0a/one.png"))
    assert await content(files, "web/0a/one.png") == PNG


async def test_twice_is_once(files: Folder | Bucket) -> None:
    """A file that is kept again takes the place of the one before."""
    for whole in (LARGE, PNG):
        await files.keep(parts(whole), named("telegram/1/2.png"))
    assert await files.names("telegram") == ["telegram/1/2.png"]
    assert await content(files, "telegram/1/2.png") == PNG


async def test_deleting(files: Folder | Bucket) -> None:
    """One file is deleted, or all below a folder, and none beside it."""
    every = ["web/0a/1.png", "web/0a/2.png", "web/0a1/1.png", "web/b/1.png"]
    for name in every:
        await files.keep(parts(PNG), named(name))
    await files.delete("web/0a")
    assert await files.names("web") == ["web/0a1/1.png", "web/b/1.png"]
    await files.delete("web/b/1.png")
    assert await files.names("web") == ["web/0a1/1.png"]


async def test_what_is_old(files: Folder | Bucket) -> None:
    """What was kept before an instant is known by its name."""
    for name in ("web/0a/1.png", "telegram/1/2.png"):
        await files.keep(parts(PNG), named(name))
    at = now()
    assert await files.old("web", at - SOON) == []
    assert await files.old("web", at + SOON) == ["web/0a/1.png"]
    assert await files.old("slack", at + SOON) == []


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "web/../../x", "web//x", "", "a\0b"]
)
async def test_names_lead_nowhere_else(files: Folder | Bucket, name: str) -> None:
    """A name that leads out is no name."""
    with pytest.raises(WrongUse):
        await files.keep(parts(PNG), named(name))
    with pytest.raises(WrongUse):
        await files.open(name)
    with pytest.raises(WrongUse):
        await files.delete(name)


def there(folder: Path) -> list[str]:
    """Return the names of all files in a folder, as somebody else sees them."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


# ── a folder ─────────────────────────────────────────────────────────────────────


async def test_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is on the disk before it has its name, and so are its folders."""
    synced: list[int] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    await Folder(tmp_path).keep(parts(PNG), named("web/0a/1.png"))
    file, *folders = (tmp_path / "web/0a/1.png", tmp_path / "web", tmp_path)
    assert synced[0] == file.stat().st_ino
    assert synced[-1] == (tmp_path / "web/0a").stat().st_ino
    assert set(synced) > {each.stat().st_ino for each in folders}


async def test_nothing_beside(tmp_path: Path) -> None:
    """What broke off leaves no draft, and names tell of none."""
    folder = Folder(tmp_path)
    with pytest.raises(Refusal):
        await folder.keep(parts(PNG, then=Refusal()), named("web/0a/1.png"))
    assert there(tmp_path) == []


async def test_drafts_of_a_crash(tmp_path: Path) -> None:
    """What a crash left half-way goes when it is old."""
    (tmp_path / DRAFTS).mkdir()
    (tmp_path / DRAFTS / "half").write_bytes(b"x")
    folder = Folder(tmp_path)
    await folder.old("web", now() - SOON)
    assert there(tmp_path) == [f"{DRAFTS}/half"]
    assert await folder.old("web", now() + SOON) == []
    assert there(tmp_path) == []


async def test_no_folder_stays_empty(tmp_path: Path) -> None:
    """With the last file of somebody their folder goes, too."""
    folder = Folder(tmp_path)
    for name in ("web/0a/1.png", "web/0a/2.png", "web/0b/1.png"):
        await folder.keep(parts(PNG), named(name))
    await folder.delete("web/0a/1.png")
    assert (tmp_path / "web/0a").is_dir()
    await folder.delete("web/0a/2.png")
    assert not (tmp_path / "web/0a").exists()
    assert (tmp_path / "web/0b").is_dir()


async def test_no_room(tmp_path: Path) -> None:
    """Where there is no room it is the store's fault, in a sentence."""
    (tmp_path / DRAFTS).symlink_to("/dev/full/none")
    with pytest.raises(StoreUnavailable, match=r"Files cannot be kept: "):
        await Folder(tmp_path).keep(parts(PNG), named("web/0a/1.png"))


async def test_no_more_room(tmp_path: Path) -> None:
    """A disk that takes no more in the middle of a file leaves nothing of it."""
    folder = Folder(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(StoreUnavailable, match=r"Files cannot be kept: "):
            await folder.keep(parts(LARGE, 100_000), named("web/0a/2.png"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert there(tmp_path) == []


# ── a bucket ─────────────────────────────────────────────────────────────────────


async def test_below_the_prefix() -> None:
    """All of it lies below the prefix, and no more is touched."""
    bucket = fresh_bucket()
    files = open_files(f"s3://{bucket}/a/shop", keys())
    other = open_files(f"s3://{bucket}", keys())
    await other.keep(parts(PNG), named("web/0a/other.png"))
    await files.keep(parts(PNG), named("web/0a/1.png"))
    assert held(bucket) == {"a/shop/web/0a/1.png": PNG, "web/0a/other.png": PNG}
    assert await files.names("web") == ["web/0a/1.png"]
    await files.delete("web")
    assert held(bucket) == {"web/0a/other.png": PNG}


async def test_nothing_half_way() -> None:
    """What breaks off leaves no parts behind that somebody pays for."""
    bucket = fresh_bucket()
    files = open_files(f"s3://{bucket}", keys())
    with pytest.raises(Refusal):
        await files.keep(parts(LARGE, 70_000, Refusal()), named("web/0a/1.png"))
    assert (held(bucket), unfinished(bucket)) == ({}, [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "there is no such bucket"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "it does not answer"),
    ],
)
async def test_a_bucket_that_is_away(wrong: dict[str, str], says: str) -> None:
    """It is the store's fault, in a sentence without keys or addresses."""
    files = open_files("s3://none-of-ours", {**keys(), **wrong})
    with pytest.raises(StoreUnavailable, match=says) as raised:
        await files.keep(parts(PNG), named("web/0a/1.png"))
    assert "http" not in str(raised.value)
    assert SECRET not in repr(raised.value) + repr(files)
