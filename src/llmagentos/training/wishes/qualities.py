"""What people want to know of things themselves: where they are, and what they can."""

from typing import Any

from llmagentos.agent import abilities
from llmagentos.agent.site_index import kind_word
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import Targets

_NO_THINGS = ("list", "scene", "weather", "calendar", "person")


class Qualities(Targets):
    """Draws questions about places and abilities, in languages that have words for them."""

    @property
    def _words(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self._speech.data.get("qualities")
        if found is None:
            raise Impossible
        return found

    def placed(self) -> Wish:
        """Where it is."""
        return self._of_one("place", t.AskPlace)

    def abilities(self) -> Wish:
        """All that it can."""
        return self._of_one("abilities", t.AskAbilities)

    def _of_one(self, key: str, ask: type[t.AskPlace | t.AskAbilities]) -> Wish:
        target = self.by_name(self._some(self._things()))
        _ = self._words
        return self._wish(ask(target.selector), self._say("qualities", key, x=target.words))

    def able(self) -> Wish:
        """Whether a thing can be set so or do that, or which of a kind can."""
        entity = self._some([one for one in self._things() if abilities.all_of(one)])
        known = {ability for one in self._entities if one.entity_class == entity.entity_class for ability in abilities.all_of(one)}  # fmt: skip
        of = known if self._random.random() < 0.35 else set(abilities.all_of(entity))
        sayable = sorted(of & set(self._words["do"]))
        if not sayable:
            raise Impossible
        ability = self._random.choice(sayable)
        qualities = self._words["be"].get(ability)
        as_quality = qualities is not None and self._random.random() < 0.4
        if self._random.random() < 0.5:
            return self._which(entity, ability, as_quality=as_quality)
        target = self.by_name(entity)
        if as_quality:
            words = self._say("qualities", "able quality", x=target.words, q=self._random.choice(qualities))
        else:
            verb = self._random.choice(self._words["do"][ability])
            if self._speech.language == "zh":
                words = self._say("qualities", "able", x=target.words, v=verb)
            else:
                words = self._say("qualities", "able", v=f"{verb} {target.words}")
        return self._wish(t.AskAble(target.selector, ability, whether=True), words)

    def _which(self, entity: EntityView, ability: str, *, as_quality: bool) -> Wish:
        kind = kind_word(entity)
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None:
            raise Impossible
        many, verb = self._random.choice(nouns["many"]), self._random.choice(self._words["do"][ability])
        if as_quality:
            words = self._say(
                "qualities", "able which quality", k=many, q=self._random.choice(self._words["be"][ability])
            )
            return self._wish(t.AskAble(Selector(kind), ability), words)
        if entity.area is not None and self._random.random() < 0.4:
            words = self._say("qualities", "able which place", k=many, v=verb, a=self._area_words(entity.area))
            return self._wish(t.AskAble(Selector(kind, area=entity.area), ability), words)
        return self._wish(t.AskAble(Selector(kind), ability), self._say("qualities", "able which", k=many, v=verb))

    def _things(self) -> list[EntityView]:
        return [one for one in self._entities if one.entity_class not in _NO_THINGS]
