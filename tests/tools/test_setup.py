"""`tools/setup.py`, run on machines made of stand-ins; none needs the network."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "tools" / "setup.py"
REAL = Path(getattr(sys, "_base_executable", sys.executable)).resolve()

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "voxpop"
version = "0"
"""

BACKEND = """
import zipfile

def wheel(folder, name, files):
    path = f"{folder}/{name}-1-py3-none-any.whl"
    info = f"{name}-1.dist-info"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1\\n"
    files[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\\nGenerator: x\\n"
        "Root-Is-Purelib: true\\nTag: py3-none-any\\n"
    )
    files[f"{info}/RECORD"] = "".join(f"{file},,\\n" for file in files)
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path.rsplit("/")[-1]

def build_wheel(folder, settings=None, metadata=None):
    return wheel(folder, "voxpop", {"voxpop_is_here.py": ""})

build_editable = build_wheel
"""

UV = """\
#!/bin/sh
PATH='{path}'
[ "$1" = --version ] && exit
echo "$1" >> '{log}'
if [ "$1" = venv ]; then
  mkdir -p "$4/bin" "$4/lib/python/site-packages"
  echo "home = {home}" > "$4/pyvenv.cfg"
  ln -s "{home}/{python}" "$4/bin/python"
  touch "$4/lib/python/site-packages/stone.py"
fi
"""


class Machine:
    """A folder with a project and a PATH on which nothing stands but stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.path.mkdir()
        self.log = folder / "uv.log"
        self.project = folder / "project"
        self.venv = self.project / ".venv"
        (self.project / "tools").mkdir(parents=True)
        (self.project / "requirements").mkdir()
        shutil.copy(SETUP, self.project / "tools")
        (self.project / "pyproject.toml").write_text(PYPROJECT)
        (self.project / "backend.py").write_text(BACKEND)
        self.lock("run", "# nothing")
        self.lock("test", "# nothing")

    def lock(self, mode: str, text: str) -> None:
        """Write a lock."""
        (self.project / "requirements" / f"{mode}.txt").write_text(text)

    def program(self, name: str, text: str) -> None:
        """Put a program on the PATH."""
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def python(self, name: str, *lies: str) -> None:
        """Put a Python on the PATH that is the real one but for what it says."""
        told = self.path.parent / f"lies of {name}"
        told.mkdir()
        lines = ["import sys", f"sys.executable = {str(self.path / name)!r}", *lies]
        (told / "sitecustomize.py").write_text("\n".join(lines))
        self.program(name, f"#!/bin/sh\nPYTHONPATH='{told}' exec '{REAL}' \"$@\"\n")

    def uv(self) -> None:
        """Put a uv on the PATH that makes environments and installs nothing."""
        home, python = REAL.parent, REAL.name
        path = os.environ["PATH"]
        text = UV.format(path=path, log=self.log, home=home, python=python)
        self.program("uv", text)

    def set_up(
        self, mode: str = "run", by: str = "python3"
    ) -> subprocess.CompletedProcess[str]:
        """Call `tools/setup.py` as make does."""
        return subprocess.run(
            [self.path / by, self.project / "tools" / "setup.py", mode],
            env={
                "PATH": str(self.path),
                "HOME": str(self.project),
                "PIP_NO_INDEX": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def calls_of_uv(self) -> list[str]:
        """Return the first words of what uv was called with, and forget them."""
        words = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return words


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine without any Python."""
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """Return a machine that was set up to run, with uv."""
    machine.python("python3")
    machine.uv()
    assert machine.set_up().returncode == 0
    machine.log.unlink()
    return machine


def older(version: str) -> str:
    """Return the lie of an older Python."""
    return f"sys.version_info = ({version}, 'final', 0)"


NO_ENSUREPIP = "sys.modules['ensurepip'] = None"


def test_an_old_python_can_read_it() -> None:
    """Python 3.6 can read the file, so it is able to say that it is too old."""
    tree = ast.parse(SETUP.read_text(), feature_version=(3, 6))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]


@pytest.mark.parametrize("version", ["3, 6, 15", "3, 10, 13"])
def test_too_old(machine: Machine, version: str) -> None:
    """Where all Pythons are too old, one sentence says what to install."""
    machine.python("python3", older(version))
    done = machine.set_up()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Voxpop needs Python 3.11 or newer" in done.stderr
    assert f"the newest here is Python {version.replace(', ', '.')}" in done.stderr
    assert "sudo apt install python3" in done.stderr
    assert not machine.venv.exists()


def test_cannot_make_environments(machine: Machine) -> None:
    """A Python without ensurepip is told how to get it."""
    machine.python("python3", NO_ENSUREPIP)
    done = machine.set_up()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "`sudo apt install python3-venv`" in done.stderr
    assert not machine.venv.exists()


def test_venv_that_fails_half_way(machine: Machine) -> None:
    """A Python whose venv breaks off is told the same, and leaves nothing behind."""
    machine.python("python3", "if '-m' in sys.orig_argv: sys.exit(1)")
    done = machine.set_up()
    assert done.returncode == 1
    assert "`sudo apt install python3-venv`" in done.stderr
    assert not machine.venv.exists()


def test_uv_needs_no_ensurepip(machine: Machine) -> None:
    """With uv, a Python that cannot make environments itself will do."""
    machine.python("python3", NO_ENSUREPIP)
    machine.uv()
    assert machine.set_up().returncode == 0
    assert machine.calls_of_uv() == ["venv", "pip", "pip"]


def test_pip_installs_what_the_lock_names(machine: Machine) -> None:
    """Without uv, pip installs the lock and the project, and refuses another hash."""
    space: dict[str, Callable[[Path, str, dict[str, str]], str]] = {}
    exec(BACKEND, space)  # noqa: S102
    shelf = machine.project / "requirements"
    pebble = shelf / space["wheel"](shelf, "pebble", {"pebble.py": ""})
    space["wheel"](shelf, "sand", {"sand.py": ""})
    good = hashlib.sha256(pebble.read_bytes()).hexdigest()
    run = f"--find-links .\npebble==1 --hash=sha256:{good}\n"
    machine.lock("run", run)
    machine.lock("test", f"{run}sand==1 --hash=sha256:{'0' * 64}\n")
    machine.python("python3.13", NO_ENSUREPIP, older("3, 13, 0"))
    machine.python("python3")
    machine.program("python3.12", "#!/bin/sh\necho 'not installed' >&2; exit 127\n")

    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    assert "(venv)" in done.stderr
    python = machine.venv / "bin" / "python"
    subprocess.run([python, "-c", "import pebble, voxpop_is_here"], check=True)

    done = machine.set_up("test")
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (machine.venv / "voxpop-setup.json").exists()


def test_uv_that_fails(machine: Machine) -> None:
    """Where uv cannot do it, venv and pip get their turn."""
    machine.python("python3")
    machine.program("uv", '#!/bin/sh\n[ "$1" = --version ]\n')
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    assert "trying venv and pip" in done.stderr
    assert (machine.venv / "bin" / "pip").exists()


def test_newest_first(machine: Machine) -> None:
    """The newest Python that fits is taken, whatever its name."""
    machine.python("python3", older("3, 11, 2"))
    machine.python("python3.12", older("3, 12, 1"))
    machine.python("python3.11", older("3, 10, 9"))
    machine.uv()
    done = machine.set_up()
    assert "Making .venv with Python 3.12.1 (uv)." in done.stderr


def test_second_call_does_nothing(ready: Machine) -> None:
    """A second call says nothing, calls nothing and is over at once."""
    begun = time.perf_counter()
    done = ready.set_up()
    took = time.perf_counter() - begun
    assert (done.returncode, done.stderr, ready.calls_of_uv()) == (0, "", [])
    assert took < 2  # 0.05 s on a quiet machine


def test_more_is_added(ready: Machine) -> None:
    """What tests need is added to what is there, and is enough for running too."""
    assert ready.set_up("test").returncode == 0
    assert ready.calls_of_uv() == ["pip", "pip"]
    assert ready.set_up("run").stderr == ""
    ready.lock("run", "# changed")
    assert ready.set_up("run").returncode == 0
    assert ready.set_up("test").stderr == ""


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "requirements/run.txt", "requirements/test.txt"]
)
def test_changed_lock(ready: Machine, name: str) -> None:
    """A changed lock is installed into the environment that is there."""
    with (ready.project / name).open("a") as file:
        file.write("\n# changed\n")
    assert ready.set_up().returncode == 0
    assert ready.calls_of_uv() == ["pip", "pip"]


def interrupt(venv: Path) -> None:
    """Leave what an interrupted set-up leaves: all but the stamp."""
    (venv / "voxpop-setup.json").unlink()


def lose_interpreter(venv: Path) -> None:
    """Take the Python away that the environment was made from."""
    for python in (venv / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("gone")


def break_interpreter(venv: Path) -> None:
    """Leave a Python that does not start."""
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (venv / "bin" / "python").chmod(0o755)


def lose_file(venv: Path) -> None:
    """Take away something that was installed."""
    next(venv.glob("lib/*/site-packages/stone.py")).unlink()


def empty(venv: Path) -> None:
    """Leave an empty folder."""
    shutil.rmtree(venv)
    venv.mkdir()


def dangle(venv: Path) -> None:
    """Leave a link that leads nowhere."""
    shutil.rmtree(venv)
    venv.symlink_to("gone")


def spoil_stamp(venv: Path) -> None:
    """Leave a stamp that was half written."""
    (venv / "voxpop-setup.json").write_text('{"mode": "ru')


@pytest.mark.parametrize(
    "harm",
    [
        interrupt,
        lose_interpreter,
        break_interpreter,
        lose_file,
        empty,
        dangle,
        spoil_stamp,
    ],
)
def test_repair(ready: Machine, harm: Callable[[Path], None]) -> None:
    """An environment that is not whole is made anew."""
    harm(ready.venv)
    assert ready.set_up().returncode == 0
    assert ready.calls_of_uv() == ["venv", "pip", "pip"]
    assert ready.set_up().stderr == ""


def test_moved_project(ready: Machine) -> None:
    """A project that was moved or copied gets an environment of its own."""
    ready.project = ready.project.rename(ready.project.parent / "elsewhere")
    assert ready.set_up().returncode == 0
    assert "venv" in ready.calls_of_uv()


def test_called_by_the_environment_itself(ready: Machine) -> None:
    """Called by .venv's own Python, as make does, it can still make .venv anew."""
    stamp = ready.venv / "voxpop-setup.json"
    assert json.loads(stamp.read_text())["mode"] == "run"
    stamp.unlink()
    (ready.path / "python3").unlink()
    assert ready.set_up(by=str(ready.venv / "bin" / "python")).returncode == 0
    assert (ready.venv / "bin" / "python").resolve() == REAL


@pytest.mark.parametrize("words", ["", "all"])
def test_wrong_use(machine: Machine, words: str) -> None:
    """Another word than run or test is a wrong use."""
    machine.python("python3")
    assert machine.set_up(words).returncode == 2
