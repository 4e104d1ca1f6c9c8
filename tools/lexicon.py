"""Print what libraries know of a language, as a beginning of its lexicon.

    python tools/lexicon.py fr

Number words come from num2words, days, months and names of languages from the CLDR
through Babel. Both err: what is printed is read and mended by a speaker.
"""

import sys

from babel import Locale
from num2words import num2words

LANGUAGES = "en es fr de pt it nl pl ru uk tr ar he fa hi bn zh ja ko id vi sv el sw"
FORMS = ("wide", "abbreviated")


def number_words(language: str) -> dict[str, int]:
    """Return the words for 0 to 100, hundreds and a thousand; none where unknown."""
    words: dict[str, int] = {}
    for number in (*range(101), *range(200, 1001, 100)):
        try:
            said = num2words(number, lang=language)
        except NotImplementedError:
            return {}
        words.setdefault(said.replace("-", " ").lower(), number)
    return words


def names(locale: Locale, what: str, count: int, first: int) -> list[list[str]]:
    """Return the names of months or days, each in every form that the CLDR has."""
    table = getattr(locale, what)
    found: list[list[str]] = []
    for number in range(first, first + count):
        forms = [
            table[usage][form][number].lower().rstrip(".")
            for usage in ("format", "stand-alone")
            for form in FORMS
        ]
        found.append(list(dict.fromkeys(forms)))
    return found


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main(language: str) -> None:
    """Print the lists of a language as YAML."""
    locale = Locale.parse(language)
    say("numbers:\n  values: {")
    for said, number in number_words(language).items():
        say(f"    {said}: {number},")
    say("  }\ndate:\n  weekdays: [")
    for forms in names(locale, "days", 7, 0):
        say(f"    [{', '.join(forms)}],")
    say("  ]\n  months: [")
    for forms in names(locale, "months", 12, 1):
        say(f"    [{', '.join(forms)}],")
    say("  ]\nlanguages:\n  names: {")
    for other in LANGUAGES.split():
        if other != language:
            say(f"    {other}: [{locale.languages[other].lower()}],")
    say("  }")


if __name__ == "__main__":
    main(sys.argv[1])
