"""What to type here, and who types it: the program and the user as they are called."""

import getpass
import os
import shlex
import shutil
import sys
from pathlib import Path


def command() -> str:
    """Return what to type for `voxpop` here: a path where it is not on the PATH."""
    here = Path(sys.argv[0])
    if shutil.which("voxpop") or here.name != "voxpop":
        return "voxpop"
    near = here.absolute()
    inside = near.is_relative_to(Path.cwd())
    return shlex.quote(str(near.relative_to(Path.cwd()) if inside else near))


def login() -> str:
    """Return who runs this command: the login name, or the number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
