"""The judge: every command of every agent passes here, in this order: stop-all, trust level, Cedar, equipment guard."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from llmagentos.messages.records import Command
from llmagentos.messages.site import Guard, Level, SiteConfig
from llmagentos.messages.snapshot import EntityView, Snapshot, room_of
from llmagentos.policy.guard import GuardState, guard
from llmagentos.policy.rules import RuleBook

DANGEROUS_CLASSES = ("lock", "valve", "siren", "lawn mower")
DANGEROUS_KINDS = ("garage", "gate", "door", "window", "heater", "oven", "machine", "compressor", "pump")
DANGEROUS_WORDS = (
    "oven", "stove", "hob", "cooktop", "heater", "boiler", "kettle", "iron", "furnace", "fireplace", "grill", "pump", "press", "compressor",
    "garage", "gate", "door", "lock", "烤箱", "炉", "加热", "取暖", "热水器", "水泵", "压缩机", "车库", "大门",
)  # fmt: skip
"""A plain switch or cover that is called so may well be one: ask first. The owner's own rule can permit it."""
_NAMED_CLASSES = ("switch", "outlet", "cover", "button", "number", "select")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` is the name a person can look up; `reason` is for people."""

    kind: Literal["approve", "ask", "refuse"]
    rule: str
    reason: str = ""


def dangerous(entity: EntityView) -> bool:
    """Whether a mistake with this could hurt: by class, kind, or for generic classes by name."""
    if entity.entity_class in DANGEROUS_CLASSES or entity.description.kind in DANGEROUS_KINDS:
        return True
    name = " ".join((entity.name, *entity.description.aliases)).casefold()
    return entity.entity_class in _NAMED_CLASSES and any(word in name for word in DANGEROUS_WORDS)


class Judge:
    """Holds the rules and the site's limits; keeps no state of its own but the stop."""

    def __init__(self, rules: RuleBook, site: SiteConfig) -> None:
        self._rules, self._site = rules, site
        self.stopped = False
        self.mandated: Callable[[Command], bool] = lambda _command: False
        """Whether the owner lets the agent do it by itself; set by who can read the owner's sentences."""

    def level(self, entity_id: str) -> Level:
        """How far this device may be acted on."""
        naming = self._site.names.get(entity_id)
        return (naming.level if naming else None) or self._site.level

    def judge(
        self,
        command: Command,
        principal: str,
        snapshot: Snapshot,
        state: GuardState,
        *,
        agent: str,
        hour: int,
        consented: bool = False,
    ) -> Verdict:
        """The verdict on one command now. Guarantees: an unknown entity or principal is refused."""
        if self.stopped:
            return Verdict("refuse", "stop-all", "everything is stopped")
        entity = self._acted_on(command, snapshot)
        if isinstance(entity, Verdict):
            return entity
        ruled = self._rule(command, principal, entity, agent, hour, consented)
        if ruled.kind == "refuse":
            return ruled
        limited = guard(command, entity, snapshot, self._guards(command.entity), state)
        return Verdict("refuse", limited[0], limited[1]) if limited else ruled

    def _acted_on(self, command: Command, snapshot: Snapshot) -> EntityView | Verdict:
        """The device, or the refusal where there is none or it is not to be acted on."""
        entity = snapshot.entities.get(command.entity)
        if entity is None:
            return Verdict("refuse", "unknown-device", "there is no such device")
        level = self.level(command.entity)
        if level != "act":
            return Verdict("refuse", f"level-{level}", f"{entity.name} is set to {level}, not to act")
        return entity

    def ever(self, command: Command, principal: str, snapshot: Snapshot, *, agent: str) -> Verdict:
        """The best verdict of any hour, whatever guards and the stop say at the moment: what a person has the right to at all."""
        entity = self._acted_on(command, snapshot)
        if isinstance(entity, Verdict):
            return entity
        best: Verdict | None = None
        for hour in range(24):
            verdict = self._rule(command, principal, entity, agent, hour, False)
            if verdict.kind == "approve":
                return verdict
            best = verdict if best is None or verdict.kind == "ask" else best
        assert best is not None
        return best

    def _rule(
        self, command: Command, principal: str, entity: EntityView, agent: str, hour: int, consented: bool
    ) -> Verdict:
        person = {"id": principal, "role": self._role(principal), "area": room_of(principal) or ""}
        device = {
            "id": entity.id,
            "class": entity.entity_class,
            "kind": entity.description.kind,
            "area": entity.area or "",
            "dangerous": dangerous(entity),
        }
        context = {
            "agent": agent,
            "verb": command.verb,
            "property": command.property,
            "hour": hour,
            "area": entity.area or "",
            "mandated": agent == "chain" and self.mandated(command),
        }
        plain = self._rules.rule("command", person, device, context)
        if plain.allowed:
            return Verdict("approve", plain.rules[0])
        after_yes = self._rules.rule("consented", person, device, context)
        if after_yes.allowed:
            rule = after_yes.rules[0]
            return Verdict("approve", rule) if consented else Verdict("ask", rule, f"{entity.name} needs your yes")
        return Verdict("refuse", after_yes.rules[0], f"the policy does not allow this ({after_yes.rules[0]})")

    def _role(self, principal: str) -> str:
        if principal == "owner":
            return "owner"
        if room_of(principal) is not None:
            return "guest"
        return "resident" if principal in self._site.people else "stranger"

    def _guards(self, entity_id: str) -> list[tuple[str, Guard]]:
        return [
            (f"guard-{index + 1}", one)
            for index, one in enumerate(self._site.guards)
            if fnmatchcase(entity_id, one.entities)
        ]
