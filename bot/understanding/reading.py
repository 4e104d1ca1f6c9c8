"""One message being read part by part: answers, remarks, and how they agree."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import Word, single
from bot.understanding.clause import Clause, Found
from bot.understanding.numerals import Number
from bot.understanding.remark import SCATTERED, Beside, Span, around_answer
from bot.understanding.signs import MOCKING, SCORING, decorates, skip_parting, spaced

REJECTED: Final = Rejected()

_SUBJECT: Final = 3
"""Words before "would give 9" that may say whose score it is; it is asked about."""

_TOPIC: Final = 1
"""Words before a wording that say what is judged."""

_TIMES: Final = 3
"""How often a number is said in a row to be no slip of the finger."""

_BARE: Final = 3
"""Words of a remark whose number stands as another answer: "or 8"."""


class Reading:
    """What a message has said so far."""

    def __init__(self, clause: Clause, text: str, words: Sequence[Word]) -> None:
        self.clause, self.around = clause, clause.around
        self.text, self.words = text, words
        self.beside = Beside(clause, words)
        self.answer: Found | None = None
        self.denied: list[Number | None] = []
        self.remarks: list[Span] = []
        self.filled: Span = (-1, -1)  # fillers that may begin a remark
        self.corrected = False  # what comes next replaces what was said
        self.taken_back = False  # the last word was a no
        self.open = False  # the last word begins a correction that does not come
        self.no = ""  # the bare no before the last number
        self.theirs = False  # somebody else was spoken of right before
        self.shaky = False  # a remark holds a word of correction
        self.conflict = False
        self.ask = False
        self.worded: set[Number | None] = set()  # what words in remarks say

    def outcome(self) -> Understood:
        """Return what the message says."""
        at = 0
        while at < len(self.words):
            at = at + 1 if self._idle(at) else max(self._part(at), at + 1)
        answer = self.answer
        if answer is None or self.conflict or self.taken_back:
            return REJECTED
        if answer.value is None or not self.clause.fits(answer.value):
            return REJECTED
        asked = self.beside.in_question(answer)
        worded_question = answer.worded and self.beside.asked(answer.end)
        if asked == "inside" or worded_question:
            return REJECTED
        span = (answer.at, answer.end)
        comment = around_answer(self.text, self.words, span, self.remarks)
        ask = self.ask or self.open or answer.ask or bool(asked)
        ask = ask or self.beside.one_star(answer)
        if ask or (answer.worded and self._doubtful(answer, comment)):
            return Confirm(answer.value, comment)
        return Accepted(answer.value, comment)

    def _doubtful(self, answer: Found, comment: str | None) -> bool:
        """Tell whether the rest of the message shakes words of the scale."""
        beside = self.beside
        filler = self.around.lead.end(self.words, answer.at) == answer.end
        return (
            bool(filler and comment)  # "bueno, …" may be no more than a beginning
            or beside.too_good(answer, self.remarks)
            or any(word.norm in MOCKING for word in self.words)
            or any(not self._same_side(answer.value, value) for value in self.worded)
            or beside.denied_at_last(self.remarks)
            or beside.maybe(answer)
            or any(self._but_not(start, end) for start, end in self.remarks)
        )

    def _but_not(self, start: int, end: int) -> bool:
        """Tell whether a remark says "but not …"."""
        after = self.around.but.end(self.words, start)
        return after > start and self.beside.any(
            self.around.negations, after, min(end, after + 2)
        )

    def _idle(self, at: int) -> bool:
        """Tell whether a sign stands here that says nothing."""
        if self.words[at].norm in SCORING:
            return self.clause.read(self.words, at) is None
        return self.beside.idle(at)

    # ── parts ────────────────────────────────────────────────────────────────────

    def _part(self, start: int) -> int:
        """Read what stands up to the next sign or *because*; return where it ends."""
        words, around = self.words, self.around
        begun = self._reason(start)
        at = start
        if begun > start and around.corrections.end(words, start) < begun:
            at = skip_parting(words, begun)
        if at >= len(words):
            self.remarks.append((start, at))
            return at
        found = self.clause.at(words, at)
        if found is not None and at == begun > start:
            concludes = around.conclusions.end(words, start) == begun
            found = replace(found, corrected=found.corrected or concludes)
        theirs = self.theirs and (begun > start or self._spaced(start))
        self.theirs = False
        if (
            found is not None
            and found.end > at
            and (found.sure or not theirs or self.beside.any(around.own, at, found.at))
        ):
            end = self._answered(found, reasoned=begun > start)
            if end is not None:
                return end
        return self._remark(start, at)

    def _spaced(self, at: int) -> bool:
        """Tell whether nothing but a space parts this place from what was before."""
        before = self.words[at - 1] if at else None
        return before is not None and before.kind != "sign" and spaced(self.words, at)

    def _reason(self, start: int) -> int:
        """Return where a *because* ends that begins here, or `start`."""
        words, around = self.words, self.around
        begun = around.because.end(words, start)
        if begun == start:
            return start
        longer = (around.lead, around.negations, around.others)
        if any(phrases.end(words, start) > begun for phrases in longer):
            return start
        number = self.clause.at(words, start)
        if number is not None and number.at == start and number.end > begun:
            return start  # "しじゅう" is forty, "し" alone *and*
        if self.answer and self.answer.would and around.but.end(words, start) > start:
            self.ask = True
        return begun

    def _answered(self, found: Found, *, reasoned: bool) -> int | None:
        """Take a clause that begins a part; None where it is none after all."""
        beside = self.beside
        found = self._again(found)
        end = found.end
        if self._ends(end) or (found.denied and (found.closed or self._follows(end))):
            return self._register(found)
        if beside.opens(end, found):
            mild = found.worded and found.value not in {1, self.clause.highest}
            begins = self.around.openers.end(self.words, end) > end
            self._doubt(when=beside.conditional(end) or (mild and not begins))
            after = self._register(found)
            return self._remark(after, after)
        if found.denied or reasoned:
            return None
        shaken = beside.shaken(end) or beside.conditional(end)
        begun = beside.polite(found)
        unless = beside.any(self.around.conditions, found.at + 1, beside.boundary(end))
        if (
            begun < end
            and self.clause.fits(found.value or 0)
            and not (shaken or unless)
        ):
            self._register(found)  # "10, thanks to Karim"
            return self._remark(begun, end)
        if found.sure or found.rated:
            counts = self.around.units.end(self.words, end) > end
            plain = found.closed or (found.rated and not counts)
            self._doubt(when=shaken or unless or not plain)
            self._register(found)
            return self._remark(end, end)
        return None

    def _follows(self, at: int) -> bool:
        """Tell whether the clause of another number begins here: "not 10 I give 8"."""
        other = self.clause.at(self.words, at)
        return other is not None and not other.denied

    def _again(self, found: Found) -> Found:
        """Return a clause with its number said again and again: "10 10 10"."""
        at, times, words = found.end, 1, self.words
        if at >= len(words) or words[at].norm != words[found.at].norm:
            return found
        while (other := self.clause.at(self.words, at)) is not None:
            if other.value != found.value or other.denied:
                break
            at, times = other.end, times + 1
        return replace(found, end=at) if times >= _TIMES else found

    def _doubt(self, *, when: bool) -> None:
        self.ask = self.ask or when

    def _ends(self, at: int) -> bool:
        """Tell whether an answer's clause may end here."""
        words, around = self.words, self.around
        if around.bounds(words, at):
            return True
        after = around.corrections.end(words, at)
        if after > at:
            after = skip_parting(words, around.corrections.skip(words, after))
            return after >= len(words) or self.clause.at(words, after) is not None
        after = around.negations.end(words, at)
        if after > at and words[at].norm not in around.torn:
            other = self.clause.at(words, at)
            return other is not None and other.denied
        return after == len(words)

    # ── answers ──────────────────────────────────────────────────────────────────

    def _register(self, found: Found) -> int:
        """Hold a clause's number against those before it; return where it ends."""
        found = self._settled(found)
        answer = self.answer
        if found.corrected and not found.denied:
            self.conflict = False  # "7 or 8, make it 8"
        if answer and answer.value != found.value and self.no in self.around.torn:
            self.conflict = True  # "6, no 10"
        if found.denied:
            return self._refused(found)
        self.taken_back = self.open = False
        if self.beside.asked(found.end):
            found = replace(found, ask=True)
        if answer is None or found.corrected or self.corrected:
            self.answer = found
        elif answer.value != found.value:
            self._weigh(answer, found)
        self.corrected = False
        return found.end

    def _refused(self, found: Found) -> int:
        """Note a number that is said not to be meant; return where its clause ends."""
        answer = self.answer
        if answer and answer.value == found.value:
            self.answer = answer = None
        if answer and found.corrected:  # "7, should be 9"
            self.answer = replace(found, ask=True)
        else:
            self._doubt(when=self.shaky and answer is not None)
            self.denied.append(found.value)
        return found.end

    def _settled(self, found: Found) -> Found:
        """Tell a denial from a correction, where a word may be either."""
        no = self.beside.no_before(found)
        first = "" if self.denied or self.remarks else self.words[0].norm
        if found.denied and found.corrected and self.denied and not self.answer:
            found = replace(found, denied=bool(no) and no == self.no)  # "eerder 6"
        elif no and not self.answer and no in {self.no, first}:
            found = replace(found, denied=True)  # "لا ٨ لا ٩": neither
        self.no = no
        return found

    def _weigh(self, answer: Found, found: Found) -> None:
        """Choose between two answers that differ, where something settles it."""
        if answer.would and not found.would and found.sure:
            self.answer = found  # what they would give gives way to what they give
        elif answer.worded and not found.worded:
            self.answer = found  # a number says more than words
        elif answer.worded == found.worded:
            alike = answer.worded and self._same_side(answer.value, found.value)
            self.conflict = self.conflict or not alike
            if alike and self._stronger(found.value, answer.value):
                self.answer, self.ask = found, True  # "good, very satisfied"

    def _stronger(self, one: Number | None, other: Number | None) -> bool:
        """Tell whether a score is farther from the middle than another."""
        middle = (1 + (self.clause.highest or 1)) / 2
        return abs((one or 0) - middle) > abs((other or 0) - middle)

    def _same_side(self, one: Number | None, other: Number | None) -> bool:
        """Tell whether two scores are on one side of the scale's middle."""
        if one is None or other is None:
            return False
        middle = (1 + (self.clause.highest or 1)) / 2
        return one == other or (one - middle) * (other - middle) > 0

    # ── remarks ──────────────────────────────────────────────────────────────────

    def _remark(self, start: int, at: int) -> int:
        """Judge words that are no clause, and look for one at their end."""
        words, around, beside = self.words, self.around, self.beside
        begins = at == start and not decorates(words[at])
        end = beside.boundary(at, begun=begins)
        if at == start and self._turns(at, end):
            return end
        if beside.fills(at, end) and not (self.answer and beside.tells(at, end)):
            self.filled = (start, end)
            return end
        self._doubt(when=self.corrected and beside.bare_number(at, end))
        self.shaky = self.shaky or beside.any(around.corrections, at, end)
        conditional = around.conditions.end(words, at) > at
        self._doubt(when=conditional)
        self.open = self.taken_back = False
        suffix = None if conditional else self._suffix(at, end)
        if suffix and suffix.worded and self.answer:
            suffix = self._beside_answer(suffix, self.answer, at)
        over = end if suffix is None else suffix.at
        self._judge(at, over)
        begun, filled = self.filled
        self.remarks.append((begun if filled == start else start, over))
        self.theirs = beside.only(around.others, start, over)
        return end if suffix is None else self._register(suffix)

    def _beside_answer(self, suffix: Found, answer: Found, start: int) -> Found | None:
        """Return words of a scale behind an answer if they are another, else None."""
        if self._same_side(answer.value, suffix.value):
            self._doubt(
                when=answer.worded and self._stronger(suffix.value, answer.value)
            )
            return None
        own = suffix.at - start >= _TOPIC  # "4, the parking is terrible"
        return None if own and not answer.worded else suffix

    def _turns(self, at: int, end: int) -> bool:
        """Tell whether these words but say no, or begin a correction."""
        no = self.beside.says_no(at, end)
        if not (no or self.beside.only(self.around.corrections, at, end)):
            return False
        if not self.denied and not (self.answer and self.answer.corrected):
            self.open = not self.beside.fills(at, end)
            self.corrected = self.answer is not None or not no
            self.taken_back = self.answer is not None and no
        return True

    def _suffix(self, start: int, end: int) -> Found | None:
        """Return the clause that ends a remark: "slow delivery I'd give it 3"."""
        for number in self.beside.places(start, end):
            at, found = self._clause_around(start, number)
            if found is None:
                continue
            if self._ends(found.end) or self.beside.opens(found.end, found):
                if not self._own(found, start, at):
                    return None
                rival = self.beside.bare_number(start, at)
                ended = found.concluded and not found.worded  # "in total 8"
                if rival and not (found.sure or ended):
                    return None
                sure = ended or self._sure(found, start, at)
                self._doubt(when=not sure or (rival and not ended))
                return found
        return None

    def _clause_around(self, start: int, number: int) -> tuple[int, Found | None]:
        """Return the longest clause around a number, and where its fillers begin."""
        for at in range(max(start + 1, number - SCATTERED), number + 1):
            found = self.clause.at(self.words, at)
            if found is not None and found.at == number and not found.denied:
                return at, found
        return number, None

    def _own(self, found: Found, start: int, at: int) -> bool:
        """Tell whether a clause behind other words may be the writer's answer."""
        beside = self.beside
        if beside.any(self.around.others, start, at) or beside.denied(start, at):
            return False
        if found.worded:
            return not beside.degrees(start, at)
        known = found.sure or bool(self.denied)
        if beside.counted(found.at) and not known:
            return False  # "huduma nzuri, siku 5": five days
        known = known or found.article or found.concluded
        return known or (beside.praised(start, found.at) and not self._says_else(found))

    def _says_else(self, found: Found) -> bool:
        """Tell whether a number word may be none: "a nice one", "ভালো নয়"."""
        word = self.words[found.at]
        denies = self.around.denied.knows(word.norm)
        return word.kind == "word" and (found.value == 1 or denies)

    def _sure(self, found: Found, start: int, at: int) -> bool:
        """Tell whether a clause behind other words is surely the writer's answer."""
        beside, before = self.beside, at - start
        if self.denied and not self.answer:
            return True
        if beside.praised(start, found.at) or (found.rated and before > 1):
            return True
        if found.worded:
            return beside.any(self.around.own, start, at)
        if self.around.verbs_say_who and found.sure:
            return True
        some = _SUBJECT * (1 + single(self.words[at - 1].norm))
        return found.sure and before > some

    def _judge(self, start: int, end: int) -> None:
        """Note the numbers and wordings of a remark that might be answers."""
        beside = self.beside
        turned = beside.turned(start, end)
        self.worded |= {read.value for read in beside.wordings(start, end)}
        for place, read in beside.numbers(start, end):
            found = self.clause.at(self.words, place)
            others = beside.any(self.around.others, start, place)
            if others or (found and found.denied) or beside.void(start, place):
                continue
            self.conflict = self.conflict or turned
            begins = place == self.around.because.end(self.words, start)
            if begins or (found is not None and self._ends(found.end)):
                self._doubt(when=self.answer is not None)
                if place - start < _BARE and end - read.end < _BARE:
                    self.conflict = True
