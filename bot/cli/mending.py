"""`voxpop lint --fix`: files mended in place, whole or not at all."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.cli.files import TESTS, write
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
            write(Path(path), new)
            mended[path] = len(done)
    return mended
