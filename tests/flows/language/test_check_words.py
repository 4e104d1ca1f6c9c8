"""Words that mean something else, or nothing, are found where they stand."""

from textwrap import dedent
from typing import Final

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from bot.errors import Problem
from bot.model.words import plain
from bot.understanding import RESERVED
from flows.language.check import check
from tests.engine.chat import Chat
from tests.flows.language.test_check import WORLD as DECLARED, loaded

WORLD: Final = replace(DECLARED, reserved=RESERVED)


def found(*sources: str) -> list[Problem]:
    """Return what the rules find in these flows together."""
    documents = [loaded(source, f"{n}.yaml") for n, source in enumerate(sources)]
    return check(documents, WORLD)


def places(*sources: str) -> list[tuple[str, str, int, int]]:
    """Return the severity, the code and the place of each problem."""
    return [(p.severity, p.code, p.line, p.column) for p in found(*sources)]


ERROR: Final = "error"
WARNING: Final = "warning"

BROKEN: Final = [
    (
        "keywords that are heeded before",
        """\
        flow: a
        languages: [en, es]
        triggers:
          - keyword: [survey, "HELP!"]
          - keyword: {en: [spanish, baja], es: [Atrás, start, cuéntanos]}
          - command: stop
        steps:
          one: {say: "9"}
        """,
        [
            (ERROR, "hidden-reserved", 4, 23),
            (ERROR, "hidden-reserved", 5, 20),
            (ERROR, "hidden-reserved", 5, 41),
            (ERROR, "hidden-reserved", 5, 48),
            (ERROR, "hidden-reserved", 6, 14),
        ],
    ),
    (
        "keywords that nobody can type",
        """\
        flow: a
        triggers:
          - keyword: ["...", /survey, survey]
        steps:
          one: {say: Hello}
        """,
        [
            (ERROR, "unheard-keyword", 3, 15),
            (ERROR, "unheard-keyword", 3, 22),
        ],
    ),
    (
        "the same keyword twice in a flow",
        """\
        flow: a
        languages: [en, es]
        triggers:
          - keyword: {en: [survey, Survey], es: [survey]}
          - command: a
          - command: a
        steps:
          one: {say: "9"}
        """,
        [(ERROR, "keyword-clash", 4, 28), (ERROR, "keyword-clash", 6, 14)],
    ),
    (
        "words that nobody reads",
        """\
        flow: a
        title: {en: A, fr: B}
        languages: [en, pt-BR]
        triggers:
          - keyword: {en: hi}
        steps:
          one:
            ask: {en: Which?, pt: Qual?, de: Welche?}
            answer: choice
            options:
              x: {label: {en: X, pt-BR: Y, es: Z}}
              y: {en: V, pt: W, pt-PT: U}
            then: [{set: {plan: {en: pro, it: pro}}}]
        """,
        [
            (WARNING, "unspoken-language", 2, 16),
            (WARNING, "missing-language", 5, 5),
            (WARNING, "unspoken-language", 8, 34),
            (WARNING, "unspoken-language", 11, 36),
            (WARNING, "unspoken-language", 12, 25),
            (WARNING, "unspoken-language", 13, 35),
        ],
    ),
    (
        "plural forms that do not fit",
        """\
        flow: a
        languages: [en, ru, ja]
        steps:
          stay: {ask: {en: How long?, ru: Как?, ja: 何日}, answer: number}
          said:
            say:
              en: {zero: none, other: "{answers.stay} days"}
              ru: {one: "{answers.stay} д", few: дня, other: "{answers.stay} дн"}
              ja: {one: 一, other: "{answers.stay}"}
          name:
            say:
              en: {one: you, other: "{contact.first_name|you}"}
              ru: вы
              ja: 九
        """,
        [
            (WARNING, "missing-plural", 7, 7),
            (WARNING, "unused-plural", 7, 12),
            (WARNING, "missing-plural", 8, 7),
            (WARNING, "unused-plural", 9, 12),
            (WARNING, "unused-plural", 12, 22),
        ],
    ),
    (
        "options that are one when they are typed",
        """\
        flow: a
        steps:
          one:
            ask: Which?
            answer: choice
            options:
              x: 👍 Yes
              y: {label: Yes!, aliases: [sure]}
              z: {label: Café, aliases: [cafe, Sure]}
              zz: "{brand.name}"
        """,
        [(WARNING, "alike-labels", 8, 18), (WARNING, "alike-labels", 9, 40)],
    ),
    (
        "options that say stop or hide an order",
        """\
        flow: a
        languages: [en, es]
        steps:
          one:
            ask: {en: Which?, es: ¿Cuál?}
            answer: choice
            options:
              x: {en: Unsubscribe, es: Darme de baja}
              y: {en: Cancel, es: Otra cosa}
              z: {label: {en: A, es: B}, aliases: {es: [ayuda]}}
        """,
        [
            (ERROR, "reserved-label", 8, 15),
            (ERROR, "reserved-label", 8, 32),
            (WARNING, "reserved-label", 9, 15),
            (WARNING, "reserved-label", 10, 49),
        ],
    ),
    (
        "labels that are other options' numbers",
        """\
        flow: a
        steps:
          one:
            ask: How many?
            answer: choice
            options: {few: "1", some: "3", more: "2", many: "40"}
        """,
        [(WARNING, "number-label", 6, 31), (WARNING, "number-label", 6, 42)],
    ),
]


@pytest.mark.parametrize(
    ("source", "expected"),
    [pytest.param(source, expected, id=name) for name, source, expected in BROKEN],
)
def test_words_at_fault_are_found_where_they_stand(
    source: str, expected: list[tuple[str, str, int, int]]
) -> None:
    """All of them are told, each with its severity, code, line and column."""
    assert places(source) == expected


def test_the_flow_that_loses_a_keyword_is_told() -> None:
    """Of two flows that claim a word, a command or anything, one gets it."""
    triggers = "[{keyword: Survey}, {command: ask}, {anything: yes}]"
    source = "flow: {}\ntriggers: {}\nsteps:\n  one: {{say: Hello}}\n"
    wide = "Survey".translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    claims = f"[{{keyword: '{wide}!'}}, {{command: ask}}, {{anything: no}}]"
    other = f"flow: b\ntriggers: {claims}"
    problems = found(
        source.format("c", triggers),
        f"{other}\nsteps:\n  one: {{say: Hello}}\n",
    )
    assert [(p.path, p.code, p.column) for p in problems] == [
        ("0.yaml", "keyword-clash", 22),
        ("0.yaml", "keyword-clash", 41),
    ]
    assert all("flow 'b'" in p.message for p in problems)
    both = found(source.format("c", triggers), source.format("d", triggers))
    assert [(p.path, p.code) for p in both] == [("1.yaml", "keyword-clash")] * 3


def test_a_keyword_may_be_the_name_of_a_command() -> None:
    """`feedback` and `/feedback` are two ways to ask for one flow."""
    triggers = "[{keyword: feedback}, {command: feedback}]"
    assert found(f"flow: a\ntriggers: {triggers}\nsteps:\n  one: {{say: Hi}}") == []


def test_a_flow_without_languages_counts_in_its_only_one() -> None:
    """Plural forms without a language are those of the flow's first."""
    source = """\
    flow: a
    languages: [{}]
    steps:
      stay: {{ask: A, answer: number}}
      said: {{say: {{one: B, other: "{{answers.stay}}"}}}}
    """
    assert places(source.format("en")) == []
    assert places(source.format("pl")) == [(WARNING, "missing-plural", 5, 10)]
    assert places(source.format("tlh")) == []


def test_keywords_for_everybody_are_enough() -> None:
    """A list of keywords has no language, so nobody is left out."""
    source = "languages: [en, es]\nsteps:\n  one: {say: '9'}"
    some = "flow: a\ntriggers: [{keyword: {en: [hi]}}, {keyword: [hola]}]\n"
    assert places(some + source) == []


def test_a_flow_started_from_here_speaks_our_languages() -> None:
    """Also one that is started for later, and only where somebody would miss it."""
    steps = "  one: {{say: '9', then: [{{start: b}}]}}"
    starts = "flow: a\nlanguages: [{}]\nsteps:\n" + steps
    other = "flow: b\nlanguages: [en, es]\nsteps:\n  one: {say: '9'}"
    assert places(starts.format("en, pl"), other) == [
        (WARNING, "missing-language", 4, 34)
    ]
    assert places(starts.format("es"), other) == []


# ── lint and the engine agree ────────────────────────────────────────────────────

HEEDED: Final = sorted({*RESERVED["en"], *RESERVED["es"]})
WORDS: Final = st.one_of(
    st.sampled_from(
        [*HEEDED, "skip", "omitir", "feedback", "opinar", "9", "yes", "sí"]
    ),
    st.text(alphabet="abAB ¿?!.é\uff21👍/-'", min_size=1, max_size=6),
).filter(lambda word: bool(word.strip()) and word.isprintable())
LABELS: Final = WORDS.filter(lambda word: "?" not in word and "¿" not in word)
FLOW: Final = "flow: a\nlanguages: [{}]\ntriggers:\n  - keyword: [{}]\nsteps:\n  one: "


def quoted(word: str) -> str:
    """Return a word as YAML takes it literally."""
    return "'" + word.replace("'", "''") + "'"


@given(st.sampled_from(["en", "es"]), WORDS, st.sampled_from(["", "!", " "]))
def test_a_keyword_without_a_problem_starts_its_flow(
    language: str, word: str, more: str
) -> None:
    """And one with a problem does not, for a contact who speaks the flow's language."""
    source = FLOW.format(language, quoted(word)) + "{say: '9'}\n"
    problems = found(source)
    chat = Chat(source, language=language)
    chat.say(word + more)
    begun = chat.session is not None
    if "?" in word and begun:
        return  # asked like this it is no order, without the sign it is
    assert begun == (not problems), problems


@given(
    st.sampled_from(["en", "es"]),
    st.sampled_from(["choice", "choices"]),
    st.lists(LABELS, min_size=2, max_size=4),
)
def test_labels_without_a_problem_are_answers(
    language: str, kind: str, labels: list[str]
) -> None:
    """Who types what stands on a button has pressed it, unless lint told otherwise."""
    options = ", ".join(f"o{n}: {quoted(word)}" for n, word in enumerate(labels))
    source = dedent(
        f"""\
        flow: a
        languages: [{language}]
        steps:
          one: {{ask: A, answer: {kind}, options: {{{options}}}}}
        """
    )
    told = {p.code for p in found(source)}
    if told & {"equal-labels", "alike-labels"}:
        return
    for number, label in enumerate(labels):
        chat = Chat(source, language=language)
        chat.begin("a")
        chat.say(label)
        kept = chat.talk.answers.get("one")
        stopped = chat.talk.status == "stopped"
        assert stopped <= ("reserved-label" in told)
        if not stopped and plain(label):
            assert kept in (f"o{number}", (f"o{number}",))
