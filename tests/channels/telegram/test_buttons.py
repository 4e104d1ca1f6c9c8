"""What buttons bring back says whose talk, which step and which option it was."""

from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.model.message import Press, Tap
from bot.model.tags import tag, untag
from channels.telegram.buttons import MARK, MOST_BYTES, Rows, data, marked, tap

SESSIONS: Final = st.integers(0, 2**63 - 1)
NAMES: Final = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
KEYS: Final = NAMES | st.builds("{}.{}".format, NAMES, NAMES)
OPTIONS: Final = NAMES | st.integers(-10, 100).map(str)
ABOUT: Final[st.SearchStrategy[Press]] = st.sampled_from(["answer", "on", "off"])
ROWS: Final[Rows] = (
    (("Speed", data(7, "a", "speed", "on")), ("Price", data(7, "a", "price", "on"))),
    (("Done", data(7, "a", None, "done")),),
    (("Skip", data(7, "a", None)),),
)


@given(session=SESSIONS, step=KEYS, option=OPTIONS, press=ABOUT)
def test_there_and_back(session: int, step: str, option: str, press: Press) -> None:
    """Any step and option come back, by tag where they are long, in 64 bytes."""
    brought = data(session, step, option, press)
    assert 1 <= len(brought.encode()) <= MOST_BYTES
    found = tap(brought)
    assert found is not None
    assert (found.session, found.press) == (session, press)
    assert untag(found.step, [step]) == step
    assert untag(found.options[0], [option]) == option


@given(session=SESSIONS, step=KEYS, done=st.booleans())
def test_without_an_option(session: int, step: str, done: bool) -> None:  # noqa: FBT001 - drawn
    """A skip and a *done* come back without options, and are told apart."""
    press: Press = "done" if done else "answer"
    found = tap(data(session, step, None, press))
    assert found is not None
    assert (found.session, found.options, found.press) == (session, (), press)
    assert untag(found.step, [step]) == step


@given(session=SESSIONS, step=st.text(), option=st.text())
def test_any_names(session: int, step: str, option: str) -> None:
    """Names that no flow has come back as their tags."""
    brought = data(session, step, option)
    assert len(brought.encode()) <= MOST_BYTES
    found = tap(brought)
    assert found is not None
    assert found.step in {step, tag(step)}
    assert found.options[0] in {option, tag(option)}


def test_short_names_stay() -> None:
    """What fits is sent as it is; no more is tagged than has to be."""
    assert tap(data(2**62, "score", "10")) == Tap(2**62, "score", ("10",))
    long = "x" * 30
    found = tap(data(2**62, long, long))
    assert found is not None
    assert (found.step, found.options) == (long, (tag(long),))


@given(
    brought=st.builds(data, SESSIONS, KEYS, OPTIONS, ABOUT),
    at=st.integers(0, 63),
    put=st.text(max_size=2),
    cut=st.integers(0, 3),
)
def test_changed(brought: str, at: int, put: str, cut: int) -> None:
    """Data that somebody changed is None, or says just what we would write so."""
    changed = brought[:at] + put + brought[at + cut :]
    found = tap(changed)
    if found is not None:
        assert len(changed.encode()) <= MOST_BYTES
        assert 0 <= found.session < 2**63
        option = found.options[0] if found.options else None
        again = tap(data(found.session, found.step, option, found.press))
        assert again is not None
        assert (again.session, again.press) == (found.session, found.press)


@given(brought=st.text())
def test_garbage(brought: str) -> None:
    """What nobody of us wrote is none of ours, and no error."""
    assert tap(brought) is None


@pytest.mark.parametrize(
    "brought",
    [
        *("", "1", "1a", "1aBw", "1aBw:", "1aBw::9", "1aBw:a:", "1aBw:a:b:c"),
        *("2aBw:a:9", "1xBw:a:9", "1aBw:a:9\n", " 1aBw:a:9", "1aBw:ä:9"),
        *("1aA:a:9", "1aAAc:a:9", "1aB=:a:9", "1a__________8:a:9", "1aBx:a:9"),
        *("1+Bw:a", "1-Bw:a", "1dBw:a:b", "1aBw:~:9", "1aBw:a:b~c"),
        "1aBw:" + "a" * 70,
    ],
)
def test_none_of_ours(brought: str) -> None:
    """Old, cut, changed and lengthened data is none of ours."""
    assert tap(brought) is None


# ── marks ────────────────────────────────────────────────────────────────────────────


def test_one_is_marked() -> None:
    """The chosen option bears the mark, and no other; its data stays."""
    rows: Rows = ((("7", data(7, "a", "7")), ("8", data(7, "a", "8"))),)
    first = marked(rows, {rows[0][0][1]})
    assert [label for label, _ in first[0]] == [f"{MARK}7", "8"]
    second = marked(first, {rows[0][1][1]})
    assert [label for label, _ in second[0]] == ["7", f"{MARK}8"]
    assert [brought for _, brought in second[0]] == [each for _, each in rows[0]]
    assert marked(second, ()) == rows


def test_toggles_turn() -> None:
    """A marked toggle turns its option off, and one without a mark turns it on."""
    on, off = data(7, "a", "price", "on"), data(7, "a", "price", "off")
    for chosen in (on, off):
        once = marked(ROWS, {chosen})
        assert once[0] == (ROWS[0][0], (f"{MARK}Price", off))
        assert once[1:] == ROWS[1:]
        assert marked(once, {chosen}) == once
        assert marked(once, ()) == ROWS


def test_a_label_with_a_mark() -> None:
    """A toggle whose own label begins with the mark keeps it, and *done* has none."""
    done = data(7, "a", None, "done")
    rows: Rows = (((f"{MARK}Yes", data(7, "a", "yes", "on")),), ((f"{MARK}OK", done),))
    assert marked(rows, ()) == rows
    once = marked(rows, {rows[0][0][1], done})
    assert once[0][0][0] == f"{MARK}{MARK}Yes"
    assert once[1] == rows[1]
    assert marked(once, ()) == rows
