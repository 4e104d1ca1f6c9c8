"""How a talk begins, also inside one that is open already."""

from bot.engine import questions
from bot.engine.heard import Begun, Facts
from bot.engine.script import Script, Shelf
from bot.engine.talk import Talk
from bot.engine.walk import walk
from bot.model.event import Restarted, SessionStarted
from bot.model.session import Frame, Session
from bot.understanding import normalise, sentence


def begin(
    shelf: Shelf, facts: Facts, begun: Begun, *, keyword_language: str | None = None
) -> Talk:
    """Open a new talk through a flow and walk it to its first question."""
    script = shelf.current[begun.flow]
    session = Session(
        id=facts.new_session,
        contact=facts.contact.id,
        address=facts.address,
        frames=(Frame(script.name, script.first),),
        pins=shelf.pins(script.name),
        language=language_of(script, facts, keyword_language),
        trigger=begun.trigger,
        event=begun.event,
        began_at=facts.now,
        test=facts.test,
    )
    talk = Talk(shelf, session, facts)
    talk.prompted = begun.prompted
    if facts.contact.stopped:
        talk.tell(Restarted())
    talk.tell(
        SessionStarted(
            flow=script.name, revision=script.revision, trigger=begun.trigger
        )
    )
    walk(talk)
    return talk


def language_of(script: Script, facts: Facts, keyword_language: str | None) -> str:
    """Return the first known language that the flow speaks, else the flow's first."""
    known = (facts.contact.language, facts.told_language, keyword_language)
    return script.spoken(known) or script.flow.languages[0]


def begin_inside(talk: Talk, flow: str) -> None:
    """Run a flow that was asked for in mid-talk; one that is open repeats itself."""
    if flow in {frame.flow for frame in talk.frames} or not talk.enter(flow):
        repeat(talk)
        return
    talk.forget_run(flow)
    talk.waits = "nothing"
    talk.offer = None
    walk(talk)


def repeat(talk: Talk) -> None:
    """Put the waiting question again; where time must pass first, say so."""
    step = questions.waiting(talk)
    if step is not None:
        questions.put_again(talk, step)
    elif talk.waits == "time":
        talk.say(sentence("later", talk.language))


def asked_for(shelf: Shelf, text: str) -> tuple[str, str | None, str] | None:
    """Return the flow that words ask for, the keyword's language, and the trigger."""
    word = normalise(text)
    if text.lstrip().startswith("/"):
        command = text.strip()[1:].split()[0:1]
        name = command[0].split("@")[0].lower() if command else ""
        flow = shelf.commands.get(name)
        return (flow, None, "command") if flow else None
    found = shelf.keywords.get(word)
    return (found[0], found[1], "keyword") if found else None
