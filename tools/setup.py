"""Make the environment `.venv`: what `make` calls on a new machine.

    python3 tools/setup.py run     what Voxpop needs to run
    python3 tools/setup.py test    and what its tests need

The syntax is old on purpose, and only the standard library is used: a Python that
is too old has to be able to start this file in order to say so.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")
MODES = ("run", "test")  # the later one holds the earlier one

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "voxpop-setup.json"

# What a Python says of itself: its version and, where it lives in an environment, the
# Python that this was made from.
PROBE = """
import sys
home = ""
if sys.prefix != getattr(sys, "base_prefix", sys.prefix):
    home = getattr(sys, "_base_executable", "")
sys.stdout.write("%d %d %d %s" % (tuple(sys.version_info[:3]) + (home,)))
"""


class CannotSetUp(Exception):
    """Something that the person at the keyboard has to mend."""


class Found:
    """A Python on this machine that answered when it was run."""

    def __init__(self, path: str, version: "tuple[int, ...]", *, able: bool) -> None:
        self.path = path
        self.version = version
        self.able = able

    def __str__(self) -> str:
        return "Python " + ".".join(str(part) for part in self.version)


def say(text: str) -> None:
    """Write one line of progress."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# What is there


def surroundings() -> "dict[str, str]":
    """Return the environment variables without those that lead Python astray."""
    astray = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if name not in astray}


def ask(*command: str) -> "str | None":
    """Return what a command prints, or None where it fails."""
    try:
        said = subprocess.check_output(
            command, stderr=subprocess.DEVNULL, timeout=60, env=surroundings()
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.decode("utf-8", "replace").strip()


def probe(path: str) -> "Found | None":
    """Run a Python and return what it is; shims that only look like one give None."""
    said = (ask(path, "-c", PROBE) or "").split(" ", 3)
    if len(said) < 3 or not all(part.isdigit() for part in said[:3]):  # noqa: PLR2004
        return None
    home = said[3] if said[3:] else path
    version = tuple(int(part) for part in said[:3])
    able = ask(home, "-c", "import ensurepip, venv") is not None
    return Found(home, version, able=able)


def find_pythons(uv: "str | None") -> "list[Found]":
    """Return the Pythons that run, the newest first; PATH goes before other places."""
    found = [probe(path) for path in map(shutil.which, NAMES) if path]
    if not any(python and python.version >= OLDEST for python in found):
        found.append(probe(sys.executable))
        elsewhere = uv and ask(uv, "--no-python-downloads", "python", "find", ">=3.11")
        found.append(probe(elsewhere) if elsewhere else None)
    there = [python for python in found if python]
    return sorted(there, key=lambda python: python.version, reverse=True)


def find_uv() -> "str | None":
    """Return the path of a uv that runs."""
    path = shutil.which("uv")
    return path if path and ask(path, "--version") is not None else None


# The stamp: what .venv was made from, and what it holds


def digest() -> str:
    """Return the hash of all that decides what is installed."""
    told = hashlib.sha256()
    for name in ("pyproject.toml", "requirements/run.txt", "requirements/test.txt"):
        told.update(hashlib.sha256((ROOT / name).read_bytes()).digest())
    return told.hexdigest()


def contents() -> "list[str]":
    """Return what stands in .venv, two floors deep."""
    there = list(VENV.glob("bin/*")) + list(VENV.glob("lib/*/site-packages/*"))
    return sorted(
        str(path.relative_to(VENV)) for path in there if path.name != "__pycache__"
    )


def read_stamp() -> "dict[str, object]":
    """Return the stamp, empty where .venv was never finished."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(mode: str) -> None:
    """Say that .venv is whole; always the last thing done."""
    stamp = {
        "mode": mode,
        "root": str(ROOT),
        "digest": digest(),
        "contents": contents(),
    }
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def is_whole(stamp: "dict[str, object]") -> bool:
    """Tell whether all that was installed is still there, and here, and runs."""
    held = stamp.get("contents")
    if stamp.get("root") != str(ROOT) or not isinstance(held, list):
        return False
    if not all((VENV / str(name)).exists() for name in held):
        return False
    return Path(sys.prefix) == VENV or ask(str(PYTHON), "-c", "") is not None


def is_current(stamp: "dict[str, object]", mode: str) -> bool:
    """Tell whether .venv holds what this mode needs."""
    modes = MODES[MODES.index(mode) :]
    return stamp.get("digest") == digest() and stamp.get("mode") in modes


# Making it


def carry_out(command: "list[str]") -> bool:
    """Run a command with a line of progress; show its last words if it fails."""
    showing = sys.stderr.isatty()
    last = []  # type: list[str]
    with subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as running:
        for raw in running.stdout or ():
            line = raw.decode("utf-8", "replace").rstrip()
            last = [*last[-29:], line]
            if showing:
                sys.stderr.write("\r\033[K  " + line.strip()[:70])
                sys.stderr.flush()
    if showing:
        sys.stderr.write("\r\033[K")
    if running.returncode:
        say("\n".join(last))
    return running.returncode == 0


def clear() -> None:
    """Take away .venv, whatever it is."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(str(VENV))


def create(pythons: "list[Found]", uv: "str | None") -> bool:
    """Make an empty environment with the newest Python that can."""
    for python in pythons:
        say("Making .venv with {} ({}).".format(python, "uv" if uv else "venv"))
        clear()
        if uv:
            command = [uv, "venv", "--python", python.path, str(VENV)]
        else:
            command = [python.path, "-m", "venv", str(VENV)]
        if carry_out(command):
            return True
    clear()
    return False


def install(mode: str, uv: "str | None") -> bool:
    """Install what the lock names, then the project itself, which fetches nothing."""
    lock = ROOT / "requirements" / (mode + ".txt")
    count = lock.read_text(encoding="utf-8").count("==")
    tool = "uv" if uv else "pip"
    say("Installing up to {} packages with {}; a minute or so.".format(count, tool))
    if uv:
        pip = [uv, "pip", "install", "--python", str(PYTHON)]
    else:
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install"]
    return carry_out([*pip, "--require-hashes", "-r", str(lock)]) and carry_out(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    )


def update(stamp: "dict[str, object]", mode: str, uv: "str | None") -> bool:
    """Bring a whole environment up to date, if there is one and it can be done."""
    if not is_whole(stamp) or not (uv or (VENV / "bin" / "pip").exists()):
        return False
    mode = max(mode, str(stamp.get("mode")), key=MODES.index)
    STAMP.unlink()
    if not install(mode, uv):
        return False
    write_stamp(mode)
    return True


def make_anew(mode: str, uv: "str | None") -> None:
    """Make .venv from nothing, with uv or with venv and pip."""
    pythons = find_pythons(uv)
    fitting = [python for python in pythons if python.version >= OLDEST]
    if not fitting:
        raise CannotSetUp(too_old(pythons))
    if uv:
        if create(fitting, uv) and install(mode, uv):
            return write_stamp(mode)
        say("uv could not do it; trying venv and pip.")
    if not create([python for python in fitting if python.able], None):
        raise CannotSetUp(cannot_make(fitting[0]))
    if not install(mode, None):
        raise CannotSetUp(
            "The packages could not be installed; the reason stands above. "
            "If it was the network, call make again."
        )
    return write_stamp(mode)


def too_old(pythons: "list[Found]") -> str:
    """Return the sentence for a machine without a fitting Python."""
    newest = "the newest here is {}".format(pythons[0]) if pythons else "none runs here"
    return (
        "Voxpop needs Python 3.11 or newer; {}. Install a newer one, for example "
        "with `sudo apt install python3 python3-venv` (Debian 12, Ubuntu 24.04 or "
        "newer), `brew install python` (macOS) or `uv python install 3.13`, "
        "and call make again."
    ).format(newest)


def cannot_make(python: Found) -> str:
    """Return the sentence for a Python that comes without venv or ensurepip."""
    own = "python{}.{}-venv".format(*python.version)
    return (
        "{} ({}) cannot make environments. On Debian and Ubuntu, call "
        "`sudo apt install python3-venv` (or {}, if that is not the system's own "
        "Python), and then make again."
    ).format(python, python.path, own)


def main(words: "list[str]") -> int:
    """Set up, and return the exit code."""
    if len(words) != 1 or words[0] not in MODES:
        say("Usage: python3 tools/setup.py run|test")
        return 2
    mode, stamp = words[0], read_stamp()
    try:
        if is_current(stamp, mode) and is_whole(stamp):
            return 0
        uv = find_uv()
        if not update(stamp, mode, uv):
            make_anew(mode, uv)
    except CannotSetUp as problem:
        say(str(problem))
        return 1
    except OSError as problem:
        say("The environment .venv could not be made: {}".format(problem))
        return 1
    except KeyboardInterrupt:
        say("Interrupted; the next call begins again.")
        return 130
    say("Voxpop is set up in .venv.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
