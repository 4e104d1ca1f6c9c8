"""Flows that somebody's hand slipped in: bytes, lines and values changed at random."""

from typing import Final

from hypothesis import strategies as st

from tests.examples import FLOWS, TALKS

SOURCES: Final = [path.read_bytes() for path in (*FLOWS, *TALKS)]
SCRAPS: Final = [line for source in SOURCES for line in source.splitlines()]
HOSTILE: Final = [
    b"",
    b"*x",
    b"&x y",
    b"!tag z",
    b"[" * 70,
    b"{" * 70,
    b"- " * 70,
    b"{a: {b: c}}",
    b"[en, es]",
    b"else",
    b"end",
    b"skipped",
    b"__class__",
    b"{contact.first_name|" * 300,
    b'"{answers.' + b"a" * 900 + b'|x}"',
    b"answers.score ** 9 ** 9 ** 9",
    b"not " * 400 + b"true",
    b"(" * 400 + b"1" + b")" * 400,
    b"answers.score > " * 100 + b"1",
    b"9" * 5000,
    b"-1e999",
    b".inf",
    b"0x9",
    b"999999999 weeks",
    b"0 days",
    b"2000-02-30",
    b"\xf0\x9f\x92\xa9" * 1000,
    b"\xe2\x80\xa8",
    b"\x00\x07\x1b[31m",
    b"\xff\xfe",
    b"# lint: allow unreachable: why not",
    b"|\n      x",
    b">-",
    b"say: {en: A, es: B}",
    b"answer: choices",
    b"run: nps",
    b"go: {promoter: why, else: score}",
]

changes: Final = st.lists(
    st.tuples(
        st.sampled_from(("cut", "double", "insert", "line", "value", "indent", "byte")),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=6,
)


def mutated(source: bytes, change: tuple[str, int, int]) -> bytes:
    """Return a file with one change, at a place and of a kind that numbers choose."""
    how, place, number = change
    if how in {"insert", "byte"}:
        at = place % (len(source) + 1)
        new = (
            HOSTILE[number % len(HOSTILE)] if how == "insert" else bytes([number % 256])
        )
        return source[:at] + new + source[at + (how == "byte") :]
    lines = source.split(b"\n")
    at = place % len(lines)
    line = lines[at]
    if how == "cut":
        del lines[at]
    elif how == "double":
        lines.insert(number % len(lines), line)
    elif how == "line":
        lines[at] = SCRAPS[number % len(SCRAPS)]
    elif how == "indent":
        lines[at] = b" " * (number % 12) + line.lstrip()
    else:
        head, colon, _ = line.partition(b":")
        lines[at] = head + colon + b" " + HOSTILE[number % len(HOSTILE)]
    return b"\n".join(lines)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Draw one of the sample files, changed in some places."""
    source = draw(st.sampled_from(SOURCES))
    for change in draw(changes):
        source = mutated(source, change)
    return source
