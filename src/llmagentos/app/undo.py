"""Taking back: what was changed last in a conversation, and how it was before. Not everything can be: that is said."""

from collections.abc import Sequence
from dataclasses import dataclass

from llmagentos.agent import abilities
from llmagentos.agent.effects import items_of
from llmagentos.language.vocabulary import EFFECTS
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.messages.values import Json

CONVERSATIONS = 100
_BACK = {"add": "remove", "remove": "add"}
_ON_THE_WAY = ("opening", "closing", "returning")


@dataclass(frozen=True, slots=True)
class Taken:
    """How to take something back, and the entities of which nothing can be."""

    commands: tuple[Command, ...]
    stuck: tuple[str, ...]


class Undo:
    """Remembers one act for each conversation; what takes it back is remembered in turn, so that taking back can be taken back."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Taken] = {}

    def note(self, speaker: Speaker, commands: Sequence[Command], before: Snapshot) -> None:
        """These are about to be carried out."""
        back = [(command, inverse(command, before)) for command in commands if not _idle(command, before)]
        commands_back = tuple(each for _, one in back if one is not None for each in one)
        taken = Taken(commands_back, tuple(command.entity for command, one in back if one is None))
        self._last.pop((speaker.principal, speaker.session), None)
        self._last[speaker.principal, speaker.session] = taken
        while len(self._last) > CONVERSATIONS:
            del self._last[next(iter(self._last))]

    def forget(self, speaker: Speaker) -> None:
        """What was done last was done by the node itself, and is not taken back so."""
        self._last.pop((speaker.principal, speaker.session), None)

    def last(self, speaker: Speaker) -> Taken | None:
        """How to take back what was done last; None where nothing was."""
        return self._last.get((speaker.principal, speaker.session))


def _idle(command: Command, before: Snapshot) -> bool:
    """What would change nothing: an item that is on its list already."""
    entity = before.entities.get(command.entity)
    if entity is None or command.verb not in _BACK or not isinstance(command.value, dict):
        return False
    known = str(command.value.get("item")).casefold() in (one.casefold() for one in items_of(entity))
    return known == (command.verb == "add")


def inverse(command: Command, before: Snapshot) -> tuple[Command, ...] | None:
    """What makes it as it was; None for what leaves no state, or of which nobody knows how it was."""
    entity = before.entities.get(command.entity)
    prop = entity.property(command.property) if entity is not None else None
    if entity is None or prop is None:
        return None
    if command.verb in _BACK and isinstance(command.value, dict):
        verb = _BACK[command.verb]
        return (Command(entity=command.entity, property=verb, value=command.value, verb=verb, idempotent=False),)
    value = entity.value(command.property)
    if prop.kind == "action" or not prop.readable or value is None or value in _ON_THE_WAY:
        return None
    back = Command(
        entity=command.entity, property=command.property, value=value, verb=_verb(entity, command.property, value)
    )
    if command.property != "on" and entity.value("on") is False:  # setting a level had turned it on
        return back, Command(entity=command.entity, property="on", value=False, verb="turn off")
    return (back,)


def _verb(entity: EntityView, name: str, value: Json) -> str:
    """The verb whose effect this is, for rules that speak of verbs; "set" where there is none."""
    for verb in EFFECTS:
        effect = abilities.effect_of(verb, entity)
        if effect is not None and (effect.property, effect.value) == (name, value):
            return verb
    return "set"
