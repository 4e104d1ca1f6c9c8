"""`voxpop lint --fix`: files mended in place, whole or not at all."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.cli.files import TESTS
from bot.errors import Problem
from flows.language.document import load_flow, load_talks
from flows.language.fixing import fixed


def mend(problems: Sequence[Problem]) -> Counter[str]:
    """Mend what is mechanical, and count the problems mended by path."""
    mended: Counter[str] = Counter()
    for path in dict.fromkeys(problem.path for problem in problems):
        try:
            source = Path(path).read_bytes()
        except OSError:
            continue  # reported already, as unreadable
        load = load_talks if path.endswith(TESTS) else load_flow
        here = [problem for problem in problems if problem.path == path]
        new, done = fixed(load(path, source), here)
        if done:
            replace(Path(path), new)
            mended[path] = len(done)
    return mended


def replace(path: Path, source: bytes) -> None:
    """Give a file other bytes: all of them or none; its mode and its links stay."""
    real = path.resolve()
    with NamedTemporaryFile(dir=real.parent, delete=False) as new:
        new.write(source)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).chmod(real.stat().st_mode & 0o7777)
    Path(new.name).replace(real)
