"""What the owner lets the agent do by itself, and what it asks about."""

import pytest

from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.records import Command
from llmagentos.messages.site import SiteConfig
from llmagentos.policy import GuardState, Judge, RuleBook

SITE = {
    "site": "s", "level": "act", "areas": [{"name": "Cellar"}],
    "simulate": {"outside": None, "devices": [
        {"id": "main", "class": "valve", "name": "Water Main", "area": "Cellar", "state": {"state": "open"}, "via": "agentos"},
        {"id": "lamp", "class": "light", "name": "Lamp", "area": "Cellar", "via": "agentos"},
    ]},
}  # fmt: skip
CLOSE = Command(entity="main", property="state", value="closed", verb="close")
LIGHT = Command(entity="lamp", property="on", value=True, verb="turn on")


def judged(command: Command, agent: str, *, consented: bool = False, principal: str = "owner") -> str:
    judge = Judge(RuleBook(None), SiteConfig(name="s", level="act"))
    judge.mandated = lambda one: one == CLOSE
    verdict = judge.judge(command, principal, snapshot_of(SITE), GuardState(), agent=agent, hour=3, consented=consented)  # fmt: skip
    return verdict.kind


@pytest.mark.parametrize(
    ("command", "agent", "kind"),
    [
        (CLOSE, "chain", "approve"),  # a valve, which people are asked about first
        (CLOSE, "dialogue", "ask"),  # the permission is the chain's alone
        (CLOSE, "chain.ask", "ask"),
        (LIGHT, "chain", "ask"),  # harmless, and nobody said that it may
        (LIGHT, "chain.ask", "ask"),
        (LIGHT, "dialogue", "approve"),
    ],
)
def test_the_agent_acts_by_itself_as_far_as_the_owner_wrote(command: Command, agent: str, kind: str) -> None:
    assert judged(command, agent) == kind


def test_what_was_asked_about_is_done_after_a_yes_and_never_for_a_voice() -> None:
    assert judged(LIGHT, "chain.ask", consented=True) == "approve"
    assert judged(LIGHT, "chain.ask", consented=True, principal="voice:Cellar") == "refuse"
