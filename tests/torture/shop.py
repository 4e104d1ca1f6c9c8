"""What the victim serves: a survey with branches, and the talks that people have."""

from pathlib import Path
from typing import Final

SURVEY: Final = """\
flow: torture
languages: [en]
triggers: [{keyword: [survey]}]
steps:
  score:
    ask: How was it?
    answer: nps
    then:
      detractor: [{open_case: {team: support}}, {tag: sad}]
    go: {detractor: sorry, passive: better, promoter: why}
  sorry: {say: I am sorry.}
  what: {ask: What went wrong?, answer: text, unless_said: score}
  write:
    ask: May we write to you?
    answer: yes_no
    go: {yes: promised, no: thanks}
  promised: {say: You will hear from us., go: thanks}
  better:
    ask: What should be better?
    answer: choices
    options: {speed: Speed, price: Price}
    optional: true
    go: thanks
  why: {ask: What do you like?, answer: text, optional: true}
  thanks: {say: Thank you., go: end}
"""
SETTINGS: Final = """\
brand: {{name: Acme, timezone: Europe/Madrid, languages: [en]}}
flows: flows/
database: {database}
channels: {{web: {{flow: torture, allowed: [torture]}}}}
teams: {{support: {{}}}}
"""
TALKS: Final = (
    ("survey", "9", "the people"),
    ("survey", "3, it came late", "yes"),
    ("survey", "2", "it came late", "no"),
    ("survey", "7", "speed, price"),
    ("survey", "banana", "8", "skip"),
    ("survey", "9", "back", "4", "slow", "yes"),
    ("survey", "10", "nothing", "survey", "0, bad", "no"),
    ("survey", "6", "stop", "hello there"),
    ("survey", "8", "survey", "skip", "thanks"),
)


def lay_out(folder: Path, database: str) -> Path:
    """Put the flow and the settings into a folder; return where the settings are."""
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "torture.yaml").write_text(SURVEY, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(SETTINGS.format(database=database), encoding="utf-8")
    return config
