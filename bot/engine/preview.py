"""A flow without a talk: what each step would say to somebody new."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from bot.engine.heard import Facts
from bot.engine.questions import shown
from bot.engine.samples import Samples
from bot.engine.script import Script, Shelf
from bot.engine.talk import Talk
from bot.model.answer import Kind
from bot.model.message import Outbound
from bot.model.session import Frame, Session
from bot.understanding import sentence
from flows.language.model import VERBS, Ask, Branch, Refer, Run, Say, Step, Wait
from flows.language.paths import successors


class Scene(Struct, frozen=True, kw_only=True):
    """One step as it would be met: its message, if it has one, and what it does.

    `samples` are the names that stand for what nobody knows before the talk.
    """

    step: str
    verb: str
    kind: Kind | None = None
    message: Outbound | None = None
    reminder: Outbound | None = None
    share: str | None = None
    qr: bool = False
    leads_to: tuple[str, ...] = ()
    runs: str | None = None
    seconds: float | None = None
    """How long it waits."""
    samples: tuple[str, ...] = ()


def preview(shelf: Shelf, flow: str, language: str, facts: Facts) -> Iterator[Scene]:
    """Yield every step of a flow, in file order, as somebody new would meet it."""
    script = shelf.current[flow]
    session = Session(
        id=facts.new_session,
        contact=facts.contact.id,
        address=facts.address,
        frames=(Frame(flow, script.first),),
        pins=shelf.pins(flow),
        language=language,
        began_at=facts.now,
    )
    for name, step in script.steps.items():
        talk = Talk(shelf, replace(session, frames=(Frame(flow, name),)), facts)
        yield _scene(talk, name, step)


def _scene(talk: Talk, name: str, step: Step) -> Scene:
    words = Samples(talk)
    scene = Scene(step=name, verb=next(v for v in VERBS if hasattr(step, v)))
    match step:
        case Say():
            scene = replace(scene, message=Outbound(text=words.fill(step.say)))
        case Ask():
            scene = _asked(scene, talk, step, words)
        case Refer():
            said = Outbound(text=words.fill(step.say))
            share = words.fill(step.share)
            scene = replace(scene, verb="refer", message=said, share=share, qr=step.qr)
        case Branch():
            leads_to = successors(talk.script.flow, name)
            scene = replace(scene, leads_to=leads_to)
        case Run():
            scene = replace(scene, runs=step.run)
        case Wait():
            scene = replace(scene, seconds=step.wait.total_seconds())
    return replace(scene, samples=tuple(words.used))


def _asked(scene: Scene, talk: Talk, step: Ask, words: Samples) -> Scene:
    question = words.fill(step.ask)
    asked = shown(talk, step)
    again = None
    if talk.script.flow.remind_after:
        text = f"{_reminder(talk.script, talk.language, words)}\n\n{question}"
        again = Outbound(text=text, shown=asked)
    return replace(
        scene,
        kind=step.answer,
        message=Outbound(text=question, shown=asked),
        reminder=again,
    )


def _reminder(script: Script, language: str, words: Samples) -> str:
    own = script.flow.reminder
    return words.fill(own) if own else sentence("reminder", language)
