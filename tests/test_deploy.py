"""What `deploy/` starts Voxpop with is what Voxpop and its pages know."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatch
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.cli.app import make_app
from bot.config import load_settings
from tests.databases import fresh_database, psql

ROOT: Final = Path(__file__).parents[1]
DEPLOY: Final = ROOT / "deploy"
HOWTO: Final = ROOT / "docs" / "howto"
GIVEN: Final = {"SITE": "chat.example", "DATABASE_PASSWORD": "x", "SITES_SECRET": ""}
BRACES: Final = re.compile(r"\$\{(\w+)(?::[-?][^}]*)?\}")


def text(name: str) -> str:
    """Return what a file in deploy/ says."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def takes(words: list[str]) -> bool:
    """Say whether these words are a command of Voxpop's, with options that it has."""
    make_app().parse_args(words, exit_on_error=False, print_error=False)
    return True


# ── compose ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def compose() -> Any:  # noqa: ANN401 - a tree of YAML's
    """Return the compose file with its braces filled in."""
    filled = BRACES.sub(lambda found: GIVEN[found[1]], text("compose.yaml"))
    return yaml.safe_load(filled)


def test_variables_of_compose() -> None:
    """Each variable that compose asks for stands in the example to fill in."""
    named = re.findall(r"^(\w+)=", text("example.env"), re.MULTILINE)
    assert set(BRACES.findall(text("compose.yaml"))) == set(named) == GIVEN.keys()


def test_settings_of_compose(compose: Any) -> None:  # noqa: ANN401
    """Voxpop takes what compose sets, and believes its proxy alone."""
    service = compose["services"]["voxpop"]
    settings = load_settings(ROOT / "config.yaml", service["environment"])
    assert settings.database_url() == "postgresql://voxpop:x@postgres/voxpop"
    assert settings.web.public_url == "https://chat.example"
    front = compose["services"]["proxy"]["networks"]["front"]["ipv4_address"]
    assert settings.web.proxies == (f"{front}/32",)
    [network] = compose["networks"]["front"]["ipam"]["config"]
    assert ip_address(front) in ip_network(network["subnet"])
    assert takes(service["command"][1:])
    assert service["command"][-2:] == ["--workers", "2"]


def test_what_compose_waits_for(compose: Any) -> None:  # noqa: ANN401
    """The proxy waits for healthy workers, and these for a healthy database."""
    services = compose["services"]
    healthy = {"condition": "service_healthy"}
    assert services["voxpop"]["depends_on"] == {"postgres": healthy}
    assert services["proxy"]["depends_on"] == {"voxpop": healthy}
    assert "healthcheck" in services["postgres"]
    assert services["proxy"]["environment"]["VOXPOP"] == "voxpop:8080"


def test_what_compose_keeps(compose: Any) -> None:  # noqa: ANN401
    """Only volumes that are declared are written to; files of the project are not."""
    declared = set(compose["volumes"])
    for service in compose["services"].values():
        for volume in service["volumes"]:
            place, _, rest = volume.partition(":")
            if place in declared:
                continue
            assert (DEPLOY / place).exists(), place
            assert rest.endswith(":ro"), volume
    page = (HOWTO / "run-with-compose.md").read_text(encoding="utf-8")
    named = [*declared, *compose["services"]]
    assert [each for each in named if f"`{each}`" not in page] == []


# ── the image ────────────────────────────────────────────────────────────────────


def steps(word: str) -> Iterator[str]:
    """Yield what follows a word in the Dockerfile, in its order."""
    for line in text("Dockerfile").replace("\\\n", " ").splitlines():
        if line.startswith(f"{word} "):
            yield line.removeprefix(f"{word} ")


def allowed(name: str) -> bool:
    """Say whether .dockerignore lets a path of the project through."""
    verdict = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = [*Path(name).parents, Path(name)]
        names = {str(part) for part in parts if str(part) != "."}
        if line.removeprefix("!").startswith("**/"):
            names = set(Path(name).parts)
        if any(fnmatch(each, pattern) for each in names):
            verdict = line.startswith("!")
    return verdict


def test_what_goes_into_the_image() -> None:
    """All that is copied is there and let through, and all packages are copied."""
    sources = [
        word
        for line in steps("COPY")
        if not line.startswith("--from")
        for word in line.split()[:-1]
    ]
    assert [each for each in sources if not (ROOT / each).exists()] == []
    assert [each for each in sources if not allowed(each)] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"^packages = (\[.*\])$", project, re.MULTILINE)
    assert packages
    assert set(yaml.safe_load(packages[1])) <= set(sources)


@pytest.mark.parametrize(
    "name", [".env", "bot/.env", ".git/config", "deploy/.env", "voxpop.db", "media/x"]
)
def test_what_stays_out_of_the_image(name: str) -> None:
    """No secret and nothing that is kept reaches the builder."""
    assert not allowed(name)


def test_the_image() -> None:
    """It takes what the lock names alone, and runs as somebody without rights."""
    [lock, own] = [line for line in steps("RUN") if "pip install" in line]
    assert "--require-hashes -r requirements/run.txt" in lock
    assert "--no-deps" in own
    assert list(steps("USER")) == ["voxpop"]
    assert list(steps("STOPSIGNAL")) == ["SIGTERM"]
    *_, command = steps("CMD")
    assert takes(yaml.safe_load(command)[1:])
    assert "/health/ready" in text("Dockerfile")
    [environment] = steps("ENV")
    given = dict(each.split("=", 1) for each in shlex.split(environment))
    assert load_settings(ROOT / "config.yaml", given).web.port == 8080


# ── systemd ──────────────────────────────────────────────────────────────────────


def unit() -> ConfigParser:
    """Return the unit, in which `Environment` stands once and holds several."""
    found = ConfigParser(interpolation=None, delimiters=("=",), strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(text("voxpop.service"))
    return found


def test_the_unit() -> None:
    """It starts workers, renews them by SIGHUP, and has the first one stop the rest."""
    service = unit()["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/voxpop/.venv/bin/voxpop"
    assert takes(words)
    assert service["Type"] == "notify"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["KillMode"] == "mixed"
    given = dict(each.split("=", 1) for each in shlex.split(service["Environment"]))
    environ = {name: each for name, each in given.items() if "VOXPOP" in name}
    settings = load_settings(ROOT / "config.yaml", environ)
    assert settings.media == str(ROOT / "%S/voxpop/media")  # systemd fills in /var/lib
    assert service["StateDirectory"] == "voxpop"


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd here"
)
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    """Systemd knows each of its settings, and finds it well guarded."""
    program = tmp_path / "voxpop"
    program.touch(mode=0o755)
    own = text("voxpop.service").replace("/opt/voxpop/.venv/bin/voxpop", str(program))
    (tmp_path / "voxpop.service").write_text(own, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "voxpop.service")],  # noqa: S607
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "voxpop" in line] == []


def test_the_pages_use_what_is_there() -> None:
    """Each file of deploy/ that a page names exists, and each that exists is named."""
    pages = "".join(path.read_text(encoding="utf-8") for path in HOWTO.glob("run-*.md"))
    named = set(re.findall(r"deploy/([\w.-]*\w)", pages)) - {".env"}
    assert [each for each in named if not (DEPLOY / each).exists()] == []
    own = {"Caddyfile", "compose.yaml", "example.env", "voxpop.service"}
    assert own <= named


# ── spreading by contact ─────────────────────────────────────────────────────────


@pytest.mark.postgres
def test_every_table_has_its_place() -> None:
    """The page on growing spreads each table there is, by a column that it has."""
    page = (ROOT / "docs/explanation/growing.md").read_text(encoding="utf-8")
    whole = set(re.findall(r"create_reference_table\('(\w+)'\)", page))
    spread = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", page))
    listed = psql(
        fresh_database(),
        "SELECT table_name, string_agg(column_name, ',')"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " GROUP BY table_name",
    )
    columns = dict(line.split("|") for line in listed.splitlines())
    assert columns.keys() == whole | spread.keys()
    assert not whole & spread.keys()
    for table, column in spread.items():
        assert column in columns[table].split(","), table
