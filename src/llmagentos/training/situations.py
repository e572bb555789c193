"""Situations as the agent meets them: a site, a speaker, words, and the sentence of the site language they mean.

What the model reads is made by the agent's own retrieval, prompt and grammar, so training shows it nothing that it will
not see at work. A situation whose sentence is not legal there, or would not do anything there, is dropped and counted.
"""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.hearing import Earlier, hear
from llmagentos.agent.legal import legal
from llmagentos.agent.ports import Prompt
from llmagentos.agent.prompt import dynamic_part
from llmagentos.agent.site_index import SiteIndex, kind_word
from llmagentos.app.ports import NoModel
from llmagentos.app.simulated import snapshot_of
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language import Program, Selector, Statement, render
from llmagentos.language.automaton import Automaton
from llmagentos.language.tree import Clarify, Nothing, Refuse
from llmagentos.messages.snapshot import Snapshot, Speaker, TimerView
from llmagentos.training.borrowed import enriched
from llmagentos.training.drawings import drawing
from llmagentos.training.followups import Followups, Said
from llmagentos.training.homes import TYPES, HomeMaker
from llmagentos.training.noise import noisy
from llmagentos.training.quoted import Quote, drawn
from llmagentos.training.speech import Speech, expand, parted, speech
from llmagentos.training.wishes.draw import Impossible, Wish, Wishes, polite
from llmagentos.training.wishes.drawn import Drawn

FOLLOWED, UNRELATED = 0.25, 0.1
"""Shares of wishes that follow up what was said before, and that follow it by chance."""
EACH = 12
"""Wishes to one home, in a few conversations."""
DRAWN_UP = 0.17
"""How often something is drawn up of a site."""
OTHERS = 0.25
"""How often what is quoted in a home is of another language."""
SPOKEN_OF = 0.75
"""How often a home has what somebody spoke of by its kind."""
_QUOTED_KINDS = {
    "light": "light",
    "blind": "blind",
    "climate": "thermostat",
    "weather": "weather",
    "media player": "speaker",
    "vacuum": "vacuum",
    "list": "list",
}


@dataclass(frozen=True)
class Situation:
    """One decision with its answer."""

    language: str
    words: str
    sentence: str
    dynamic: Prompt
    automaton: Automaton
    snapshot: Snapshot
    speaker: Speaker
    before: Earlier | None
    quoted: bool = False
    """Said by somebody, not made."""


@dataclass(frozen=True)
class Borrowed:
    """Other people's wording, where it is at hand: a folder of command word lists, and quotes, both English, and what people say in other languages."""

    patterns: Path | None = None
    quotes: tuple[Quote, ...] = ()
    others: tuple[Quote, ...] = ()
    """In languages that are not spoken in full, said in English homes."""

    def speech(self, language: str) -> Speech:
        own = speech(language)
        return own if self.patterns is None or language != "en" else _enriched(self.patterns)

    def some(self, language: str, random_: random.Random) -> list[Quote]:
        """A few quotes with different devices, for one home."""
        if language != "en" or not (self.quotes or self.others):
            return []
        other = not self.quotes or (self.others and random_.random() < OTHERS)
        known = self.others if other else self.quotes
        chosen = [drawn(known, random_) for _ in range(random_.choice((2, 3, 4, 5)))]
        return list({one.device or one.words: one for one in chosen}.values())


@cache
def _enriched(folder: Path) -> Speech:
    return enriched(speech("en"), folder)


class Situations:
    """An endless stream of situations. `dropped` counts what was left out, by reason."""

    def __init__(
        self, seed: int, weights: dict[str, float], borrowed: Borrowed = Borrowed(), *, held_out: bool = False
    ) -> None:
        self._random = random.Random(seed)
        self._weights, self._borrowed, self._held_out = weights, borrowed, held_out
        self._retriever = Retriever()
        self._dialogue = Dialogue(NoModel("training"), self._retriever, select, local_zone())
        self.dropped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Situation]:
        while True:
            language = self._random.choices(list(self._weights), list(self._weights.values()))[0]
            yield from self._home(parted(self._borrowed.speech(language), held_out=self._held_out))

    def _home(self, words: Speech) -> Iterator[Situation]:
        random_ = self._random
        named_in = words
        chance = random_.random()
        if words.language == "zh" and chance < 0.3:  # devices with English names, spoken to in Chinese through aliases
            named_in = parted(speech("en"), held_out=self._held_out)
        foreign = speech("en" if named_in.language == "zh" else "zh") if named_in is not words or chance > 0.9 else None
        home = HomeMaker(named_in, words if named_in is not words else foreign, random_).make()
        quotes = self._borrowed.some(words.language, random_)
        places = [str(one["name"]) for one in home["areas"]]
        home["simulate"]["devices"] += [
            device
            for number, one in enumerate(quotes)
            if (device := _device_for(one, number, places, named_in, random_))
        ]
        snapshot = snapshot_of(home, self._timers(home["areas"], words))
        self._retriever = Retriever()  # an index is of one structure, and each home has one of its own
        index = SiteIndex(snapshot)
        if random_.random() < DRAWN_UP:
            yield from self._asked_of_drawing(replace(snapshot, links=drawing(random_)), index, words)
        for _ in range(3):
            area = random_.choice(list(snapshot.areas)) if random_.random() < 0.45 else None
            speaker = Speaker("owner", area, "training")
            wishes = Wishes(snapshot, index, speaker, words, random_)
            for _ in range(EACH // 3):
                situation = self._drawn(wishes, snapshot, index, speaker, words)
                if situation is not None:
                    yield situation
        for number, quote in enumerate(quotes):
            spoken_of = next((one.area for one in snapshot.entities.values() if one.id.endswith(f".q{number}")), None)
            area = random_.choice([spoken_of, *snapshot.areas] if spoken_of else list(snapshot.areas))
            area = spoken_of if spoken_of and random_.random() < 0.4 else area if random_.random() < 0.6 else None
            speaker = Speaker("owner", area, "training")
            quoted = _wish_of(quote, number, snapshot, index, speaker, random_)
            situation = None if quoted is None else self._situation(quoted, snapshot, index, speaker, words.language)
            if situation is not None:
                yield replace(situation, quoted=True)

    def _asked_of_drawing(self, snapshot: Snapshot, index: SiteIndex, words: Speech) -> Iterator[Situation]:
        """Questions about what is drawn up of a site, and a few about its devices beside them."""
        random_, speaker = self._random, Speaker("owner", None, "training")
        assert snapshot.links is not None
        with contextlib.suppress(Impossible):
            drawn_up = Drawn(snapshot.links, words, random_)
            wishes = Wishes(snapshot, index, speaker, words, random_)
            for number in range(EACH):
                with contextlib.suppress(Impossible):
                    wish = drawn_up.draw() if number % 4 else polite(wishes.draw(), words, random_)
                    situation = self._situation(wish, snapshot, index, speaker, words.language)
                    if situation is not None:
                        yield situation

    def _drawn(
        self, wishes: Wishes, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, words: Speech
    ) -> Situation | None:
        """A wish of its own, or one in a conversation; there it may or may not be about what was said before."""
        random_ = self._random
        chance = random_.random()
        if chance > FOLLOWED + UNRELATED:
            return self._situation(polite(wishes.draw(), words, random_), snapshot, index, speaker, words.language)
        first = wishes.single()
        said, wish = Said(first.words, render(first.program)), polite(wishes.draw(), words, random_)
        if chance < FOLLOWED:
            with contextlib.suppress(Impossible):
                said, wish = Followups(wishes, snapshot, index, words, random_).draw(first)
        vague = isinstance(wish.program.statements[0], Clarify | Nothing)
        if vague and wish.words not in words.data["fragments"]:  # what is vague alone may be clear after something
            return self._situation(wish, snapshot, index, speaker, words.language)
        about = self._dialogue.understand(said.about or said.sentence, snapshot, speaker).about
        turn = self._dialogue.understand(said.sentence, snapshot, speaker)
        shown = said.sentence.startswith("when ")  # an order is asked about before it stands
        earlier = Earlier(noisy(said.words, random_), said.sentence, turn.kind == "question" or shown, about)
        return self._situation(wish, snapshot, index, speaker, words.language, earlier)

    def _timers(self, areas: list[dict[str, object]], words: Speech) -> tuple[TimerView, ...]:
        random_ = self._random
        named = [
            random_.choice(words.data["timer_names"]) if random_.random() < 0.6 else None
            for _ in range(random_.choice((0, 0, 0, 1, 1, 2)))
        ]
        places = [str(one["name"]) for one in areas]
        return tuple(
            TimerView(f"t{number}", 60.0 * random_.randint(1, 60), 30.0, True, name, random_.choice([None, None, *places]))
            for number, name in enumerate(named)
        )  # fmt: skip

    def _situation(
        self, wish: Wish, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, language: str, before: Earlier | None = None,
    ) -> Situation | None:  # fmt: skip
        said = " ".join(noisy(wish.words, self._random).split())
        program = as_said(wish.program, said if before is None or not before.asked else f"{said} . {before.words}")
        if program is None:  # what was to be repeated was lost in the noise
            said, program = wish.words, wish.program
        heard = hear(said, before, self._retriever, snapshot, speaker)
        automaton = legal(heard.words, snapshot, speaker, heard, index)
        sentence = render(program)
        kind = f"{type(program.statements[0]).__name__}"
        if not automaton.accepts(f" {sentence}"):
            self.dropped[f"not legal: {kind}"] += 1
            return None
        turn = self._dialogue.understand(sentence, snapshot, speaker)
        if (
            wish.act
            and turn.kind not in ("commands", "timer", "question")
            and kind not in ("TimerCommand", "AdjustTimer", "CancelAllTimers")
        ):
            self.dropped[f"no effect: {kind} {turn.kind}"] += 1
            return None
        shown_before = () if before is None else ((before.words, before.sentence),)
        dynamic = dynamic_part(said, snapshot, index, speaker, heard.shown, shown_before, trained=True)
        return Situation(language, said, sentence, dynamic, automaton, snapshot, speaker, before)


def _device_for(
    quote: Quote, number: int, places: list[str], words: Speech, random_: random.Random
) -> dict[str, Any] | None:
    """What a quote speaks of: always where it names it, most often where it speaks of a kind."""
    if quote.device is not None:
        key, name = quote.device
        area = None
    elif quote.kind in _QUOTED_KINDS and random_.random() < SPOKEN_OF:
        key = _QUOTED_KINDS[quote.kind]
        area = random_.choice(places) if TYPES[key].everywhere else None
        patterns = [one for one in words.data["devices"][key] if area is not None or "{a}" not in one]
        name = expand(random_.choice(patterns), random_, a=area or "", p=random_.choice(words.data["people"]), o=random_.choice(words.data["odd_names"]))  # fmt: skip
    else:
        return None
    kind = TYPES[key]
    can = ["brightness", "color"] if key == "light" and (quote.needs or random_.random() < 0.5) else []
    device = {
        "id": f"{kind.entity_class.replace(' ', '_')}.q{number}",
        "class": kind.entity_class,
        "name": name,
        "can": can,
    }
    return {**device, **({"area": area} if area else {})}


def _wish_of(
    quote: Quote, number: int, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, random_: random.Random
) -> Wish | None:
    """The wish of a quote on this site; None where the site has nothing for it."""
    if quote.device is not None:
        entity = next(one for one in snapshot.entities.values() if one.id.endswith(f".q{number}"))
        if sum(one.called(entity.name) for one in snapshot.entities.values()) > 1:
            return None
        return Wish(quote.program(index.named(entity)), quote.words, act=False)
    if quote.kind is None:
        return Wish(quote.program(None), quote.words, act=False)
    alike = [one for one in snapshot.entities.values() if kind_word(one) == quote.kind]
    if quote.needs is not None:
        able = [one for one in alike if one.property(quote.needs) is not None]
        if alike and not able:
            return None
        alike = able
    if not alike:
        return Wish(Program((Refuse("absent"),)), quote.words, act=False) if "{a}" not in quote.words else None
    placed = [one.area for one in alike if one.area]
    if quote.here and speaker.area not in placed:
        return None
    if "{a}" in quote.words:
        if not placed:
            return None
        area = random_.choice(placed)
        return Wish(quote.program(Selector(quote.kind, area=area)), quote.words.replace("{a}", area.lower()), act=True)
    if len(alike) == 1 and speaker.area in (None, alike[0].area):
        return Wish(quote.program(index.named(alike[0])), quote.words, act=True)
    if speaker.area in placed:
        return Wish(quote.program(Selector(quote.kind, area=speaker.area)), quote.words, act=True)
    if quote.kind == "light" and speaker.area is None and "lights" in quote.words:
        return Wish(quote.program(Selector(quote.kind, everywhere=True)), quote.words, act=True)
    return Wish(quote.program(Selector(quote.kind)), quote.words, act=False)


def as_said(program: Program, said: str) -> Program | None:
    """With its quoted texts cased as in the words; None where the words do not hold one."""
    statements = [_as_said(one, said) for one in program.statements]
    return Program(tuple(one for one in statements if one is not None)) if None not in statements else None


def _as_said(statement: Statement, said: str) -> Statement | None:
    field, text = next(
        ((one, getattr(statement, one)) for one in ("query", "item", "name") if getattr(statement, one, None)),
        ("", None),
    )
    if not isinstance(text, str):
        return statement
    at = said.casefold().find(text.casefold())
    if at < 0:
        return None
    changed: Any = {field: said[at : at + len(text)]}
    return replace(statement, **changed)
