"""What people type, held against what they mean: a set built on, one unseen."""

from collections import Counter
from typing import Any

import pytest

from bot.model.words import plain
from tests.understanding.measure import judged, lines, understood
from tests.understanding.questions import LANGUAGES

SARCASM = {"es-b30", "ru-b31", "sv-c31", "VI-b25"}  # what no grammar hears
BUILT = 1_200
UNSEEN = 2_400
EACH = 100
LONG = 20  # characters; shorter answers are the same for everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_built(language: str) -> None:
    """What the grammar is built on is read as it is meant, or asked; few wrong."""
    asked, wrong, comments, count = [], [], [], 0
    for line in lines("built"):
        if line["language"].rpartition("-")[2] != language or line["id"] in SARCASM:
            continue
        count += 1
        answer = understood(line)
        result = judged(line, answer)
        told = f"{line['id']} {line['text']!r}: {answer['outcome']} {answer['value']!r}"
        asked += [told] if result == "asked" else []
        wrong += [told] if result == "wrong" else []
        if (
            result == "right"
            and line.get("comment", answer["comment"]) != answer["comment"]
        ):
            comments.append(f"{told}, comment {answer['comment']!r}")
    assert len(wrong) <= 0.01 * count, wrong
    assert not comments
    assert len(asked) <= 0.07 * count, asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_changed(language: str) -> None:
    """Every answer is read, also halved, doubled, turned round and without commas."""
    for line in lines("built"):
        if line["language"].rpartition("-")[2] == language:
            for text in _changed(line["text"]):
                understood({**line, "text": text})


def test_remarks() -> None:
    """Two remarks side by side, neither of which is a score, are none together."""
    remarks: dict[str, set[str]] = {}
    for line in lines("built"):
        remark = understood(line)["comment"]
        if remark and _score(line["lang"], remark) is None:
            remarks.setdefault(line["lang"].partition("-")[0], set()).add(remark)
    pairs = [
        (language, f"{one}{sign}{other}")
        for language, known in remarks.items()
        for apart, sign in enumerate((" ", ", ", ". ", "~ ", "\n"), start=1)
        for one, other in zip(sorted(known), sorted(known)[apart * 7 :], strict=False)
    ]
    scores = [pair for pair in pairs if _score(*pair) is not None]
    assert not scores


def _score(language: str, text: str) -> int | None:
    """Return the score that a message is taken for."""
    line = {"id": text, "kind": "nps", "lang": language, "text": text}
    found = understood(line)
    return found["value"] if found["outcome"] == "accepted" else None


def _changed(text: str) -> set[str]:
    """Return an answer in pieces and out of order."""
    words = text.split()
    pieces = {" ".join(words[1:]), " ".join(words[:-1]), " ".join(words[::-1])}
    return pieces | {text[1:], text[:-1], f"{text} {text}", text.replace(",", "")}


def test_unseen() -> None:
    """On answers that the grammar was not built on, few are missed, fewer are wrong.

    `docs/explanation/understanding.md` lists each run.
    """
    counts: dict[str, Counter[str]] = {}
    for line in lines("unseen"):
        result = judged(line, understood(line))
        counts.setdefault(line["language"], Counter())[result] += 1
    whole = sum(counts.values(), Counter[str]())
    assert whole["right"] >= 0.96 * whole.total(), whole
    assert whole["wrong"] <= 0.003 * whole.total(), whole
    low = {one: c for one, c in counts.items() if c["right"] < 0.9 * c.total()}
    assert not low


def test_sizes() -> None:
    """Both sets are as large as they have to be, in every language."""
    assert sum(1 for _ in lines("built")) >= BUILT
    unseen = Counter(line["language"] for line in lines("unseen"))
    assert unseen.total() >= UNSEEN
    assert set(unseen) == set(LANGUAGES)
    assert min(unseen.values()) >= EACH
    kept = [line["outcome"] for line in lines("unseen")]
    refused = sum(one in {"rejected", "unsettled"} for one in kept)
    assert refused * 3 >= len(kept)


def test_strangers() -> None:
    """No line of the unseen set was built on."""
    built = {(one["kind"], one["language"][-2:], _said(one)) for one in lines("built")}
    long = [one for one in lines("unseen") if len(one["text"]) >= LONG]
    same = [one for one in long if (one["kind"], one["language"], _said(one)) in built]
    assert len(same) < 0.05 * len(long)


def _said(line: dict[str, Any]) -> str:
    """Return the words of a line alone."""
    return plain(str(line["text"]))
