"""Answers, and which of them stand."""

from collections.abc import Iterator, Sequence

from bot.model.changes import AnswerRow, Changes
from storage.driver import Row, Write
from storage.rows import as_value, micros, moment, text
from storage.table import Table


class Answers(Table):
    """The answers that people gave."""

    async def counted_answers(
        self, questions: Sequence[tuple[int, str, str]]
    ) -> list[AnswerRow]:
        """Return the newest standing answer of each (contact, flow, step)."""
        rows = await self._db.fetch("answers_counted", list(questions))
        return [_answer(row) for row in rows]


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be written of answers."""
    yield "answers_add", [_row(answer) for answer in changes.answers]
    changed = changes.changed_answers
    yield (
        "answers_change",
        [
            (
                answer.comment,
                micros(answer.period_at),
                answer.standing,
                answer.contact,
                id_,
            )
            for id_, answer in sorted(changed.items())
        ],
    )


def _row(answer: AnswerRow) -> Row:
    return (
        answer.id,
        answer.contact,
        answer.session,
        answer.key,
        answer.flow,
        answer.step,
        answer.kind,
        text(answer.value),
        answer.segment,
        answer.comment,
        answer.text,
        answer.language,
        answer.channel,
        answer.touchpoint,
        answer.campaign,
        answer.revision,
        answer.day,
        micros(answer.period_at),
        micros(answer.given_at),
        answer.standing,
    )


def _answer(row: Row) -> AnswerRow:
    found = dict(zip(AnswerRow.__struct_fields__, row, strict=True))
    found["value"] = as_value(found["value"])
    found["period_at"] = moment(found["period_at"])
    found["given_at"] = moment(found["given_at"])
    return AnswerRow(**found)
