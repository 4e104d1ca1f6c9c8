"""What holds for every file of the project."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

EXAMPLES = {
    "config.yaml": "2b404215fbbf8eef2235a3d75f41e98a4fa83d7580c1401108271b9ebe5c70df",
    "flows/nps.test.yaml": (
        "dcc4589aa7279d7bfc476aa88531da272854cf60019d8fb8fd579130c0f6ac9c"
    ),
    "flows/nps.yaml": (
        "06424d103357f387c613de385e5492dffc94bb0a1776ff964ca9571f2955f529"
    ),
    "flows/referral.yaml": (
        "67ea00d759b161e76bbd79e14a1d9368f0dfef45de236524a890abeaf41e9054"
    ),
    "flows/welcome.yaml": (
        "fc2b9a9c7b463c6eda763cca336de7cc38e6964876ec6ea48be6f81985b0c37a"
    ),
}

NOWHERE = {
    "the address of a package registry": re.compile(
        r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|crates\.io/"
        r"|rubygems\.org|proxy\.golang\.org|deb\.debian\.org|--(?:extra-)?index-url[ =]"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.$~{}/-])/(?:root|work|home/\w+|Users/\w+)/\w"
    ),
    "a token": re.compile(
        r"\b\d{8,10}:[\w-]{35}\b|\bxox[a-z]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}"
        r"|\b(?:AC|SK)[0-9a-f]{32}\b|\bgh[a-z]_\w{36}|\bAKIA[0-9A-Z]{16}\b"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    ),
}


@pytest.mark.parametrize(("name", "digest"), EXAMPLES.items())
def test_examples(name: str, digest: str) -> None:
    """The examples and their settings are in place, byte for byte.

    Flows and their tests say in a line before that which schema an editor takes.
    """
    source = (ROOT / name).read_bytes()
    if name.startswith("flows/"):
        head, _, source = source.partition(b"\n")
        schema = "test" if name.endswith(".test.yaml") else "flow"
        assert head.decode() == f"# yaml-language-server: $schema={schema}.schema.json"
    assert hashlib.sha256(source).hexdigest() == digest


def texts() -> list[tuple[str, str]]:
    """Return every text that is tracked, or would be: its name and what it says."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = listed.stdout.decode().split("\0")
    if listed.returncode:  # no git checkout: all that lies here, but what was made
        names = [str(path) for path in ROOT.rglob("*") if ".venv" not in path.parts]
    paths = [ROOT / name for name in names if name]
    found = []
    for path in paths:
        raw = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in raw:
            found.append((str(path.relative_to(ROOT)), raw.decode(errors="replace")))
    return found


@pytest.mark.parametrize("what", NOWHERE)
def test_nowhere(what: str) -> None:
    """No file holds a registry's address, a machine's path or a token."""
    held = [
        f"{name}: {match[0]}"
        for name, text in texts()
        for match in NOWHERE[what].finditer(text)
    ]
    assert held == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("the address of a package registry", "https://pypi" + ".org/simple"),
        ("the address of a package registry", "--index-url" + " https://example.org"),
        ("a path of one machine", "see /ro" + "ot/notes"),
        ("a path of one machine", "'/home" + "/ada/voxpop'"),
        ("a token", "1234567890:" + "A" * 35),
        ("a token", "xoxb" + "-1234567890-abc"),
        ("a token", "AC" + "0" * 32),
    ],
)
def test_would_be_found(what: str, text: str) -> None:
    """What must stand nowhere is recognised."""
    assert NOWHERE[what].search(text)


@pytest.mark.parametrize(
    "text",
    ["pip install voxpop", "chat/work/main", "./root/x", "sha256:" + "1" * 64],
)
def test_would_not_be_found(text: str) -> None:
    """What only looks like it is left alone."""
    assert not any(pattern.search(text) for pattern in NOWHERE.values())


def test_locks_hold_hashes() -> None:
    """Every version in the locks has a hash, and testing takes what running takes."""
    locks = {}
    for mode in ("run", "test"):
        text = (ROOT / "requirements" / f"{mode}.txt").read_text(encoding="utf-8")
        pins = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in pin for pin in pins)
        locks[mode] = set(pins)
    assert locks["run"] <= locks["test"]
    assert any(pin.startswith("hatchling==") for pin in locks["run"])
