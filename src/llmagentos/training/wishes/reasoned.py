"""Why something is as it is, who did it, and why the node did what it did."""

from typing import Any

from llmagentos.agent.past import number_signal
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import Targets

_NO_THINGS = ("list", "scene", "button", "weather", "calendar", "update", "person")


class Reasoned(Targets):
    """Draws questions after reasons."""

    def why(self) -> Wish:
        """Of what was done last, of a state, of who did it, or of a number."""
        chance = self._random.random()
        if chance < 0.2:
            return self._wish(t.Why(), self._say("reasons", "last"))
        if chance < 0.65:
            return self._of_state()
        return self._of_place() if chance < 0.85 else self._of_number()

    def _of_state(self) -> Wish:
        entity = self._some(
            [one for one in self._entities if one.entity_class not in _NO_THINGS and self._words_of_state(one)]
        )
        state = self._random.choice(self._words_of_state(entity))
        target = self.by_name(entity)
        did: dict[str, Any] = self._speech.data["reasons"]["did"]
        if state in did and self._random.random() < 0.4:
            phrase = "who" if self._random.random() < 0.5 else "why did"
            words = self._say("reasons", phrase, v=self._random.choice(did[state]).replace("{x}", target.words))
        else:
            words = self._say("reasons", "state", x=target.words, s=self._state_words(state))
        return self._wish(t.Why(target.selector), words)

    def _of_number(self) -> Wish:
        entity = self._some([one for one in self._entities if one.entity_class == "sensor" and self._measures(one)])
        target = self.by_name(entity)
        return self._wish(t.Why(target.selector), self._say("reasons", "number", x=target.words))

    def _of_place(self) -> Wish:
        """Why it is so warm in there, where a thermometer or a thermostat tells."""
        kinds = [kind for kind in ("temperature", "humidity") if kind in self._index.measured]
        kind = self._random.choice(kinds) if kinds else "temperature"
        areas = set(self._index.measured.get(kind, ()))
        if kind == "temperature" and self._index.measuring is not None:
            areas |= set(self._index.measuring)
        if not areas:
            raise Impossible
        area = self._random.choice(sorted(areas))
        return self._wish(
            t.Why(Selector(kind, area=area)), self._say("reasons", f"place {kind}", a=self._area_words(area))
        )

    def _measures(self, one: EntityView) -> bool:
        prop = one.property(number_signal(one)[1])
        return prop is not None and prop.kind == "number"
