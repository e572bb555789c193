"""The node's own lists as devices of the site: described on the broker and moved by its messages, as any other list is.

So policy, journal and receipts hold for them, and a phone or another hub that reads the broker has the shopping list too.
"""

import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from llmagentos.agent.outcomes import ListOperation
from llmagentos.agent.wording import Language, say
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import Arrived, MqttClient
from llmagentos.kernel.lists import Lists, OwnList

_ACTIONS = ("add", "remove", "complete", "drop")
_PROPERTIES = {"items": {"kind": "json"}, **{one: {"kind": "action"} for one in _ACTIONS}}


class OwnLists:
    """Publishes the lists and takes what is done to them. `keep` writes their state before it is told to anybody."""

    def __init__(self, client: MqttClient, base: str, keep: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._client, self._base, self._keep = client, base, keep
        self._lists = Lists()

    def load(self, state: dict[str, Any]) -> None:
        """Take up what was kept."""
        self._lists.load(state)

    def announce(self) -> None:
        """Tell the broker of all lists; again whenever it is back, for it may have forgotten."""
        self._client.subscribe(f"{self._base}/+/do")
        for one in self._lists.all():
            self._describe(one)

    async def do(self, operation: ListOperation, language: Language) -> str:
        """A new list; returns what to say."""
        name = _plain(operation.name or "")
        if not name:
            return say("list_name", language)
        made = self._lists.new(name)
        if made is None:
            return say("list_known", language, name=name)
        await self._keep(self._lists.dump())
        self._describe(made)
        return say("list_made", language, name=made.name)

    async def take(self, arrived: Arrived) -> None:
        """A message of the broker; what is not for a list of ours is left alone."""
        match = re.fullmatch(rf"{re.escape(self._base)}/([^/]+)/do", arrived.topic)
        known = self._lists.get(match[1]) if match is not None and not arrived.retained else None
        action, item = _asked(arrived.payload) if known is not None else ("", "")
        if known is None or action not in _ACTIONS:
            return
        if action == "drop":
            changed = self._lists.drop(known.id)
        else:
            changed = getattr(self._lists, action)(known.id, item)
        if changed:
            await self._keep(self._lists.dump())
        left = self._lists.get(known.id)
        if left is None:
            for leaf in ("state", "describe"):
                self._publish(known.id, leaf, "")
        else:
            self._state(left)

    def _describe(self, one: OwnList) -> None:
        description = {"class": "list", "name": one.name, "properties": _PROPERTIES}
        self._publish(one.id, "describe", json.dumps(description, ensure_ascii=False))
        self._state(one)

    def _state(self, one: OwnList) -> None:
        items = [{"summary": each.text, "status": "completed" if each.done else "needs_action"} for each in one.items]
        self._publish(one.id, "state", json.dumps({"items": items}, ensure_ascii=False))

    def _publish(self, list_id: str, leaf: str, payload: str) -> None:
        with contextlib.suppress(ConnectionError):  # told again when the broker is back
            self._client.publish(Publish(f"{self._base}/{list_id}/{leaf}", payload, retain=True))


def _plain(name: str) -> str:
    """ "party list" is called "Party"."""
    bare = re.sub(r"\s*\b(list|lists)\s*$|(清单|列表)$", "", name.strip(), flags=re.IGNORECASE).strip()
    return bare[:1].upper() + bare[1:]


def _asked(payload: bytes) -> tuple[str, str]:
    try:
        data = json.loads(payload)
    except ValueError:
        return "", ""
    return (str(data.get("action")), str(data.get("item", ""))) if isinstance(data, dict) else ("", "")
