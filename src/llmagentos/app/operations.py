"""The node's protocol: requests as JSON objects with an `op`, answered by `{"result": ...}` or `{"error": sentence}`.

The local socket and the page speak it; there is no other way in.
"""

import asyncio
import base64
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any

from llmagentos.agent.chain.words import of_voice
from llmagentos.agent.plans.outline import PlanError
from llmagentos.app.cameras import noticed
from llmagentos.app.chain import Noticed, Outcome
from llmagentos.app.explain import explain
from llmagentos.app.graph_operations import graph_operation
from llmagentos.app.node import Node
from llmagentos.app.site_graph import GraphRefused
from llmagentos.app.view import alarms, methods, orders, plans, site_view
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.kernel.journal import JournalFailed
from llmagentos.language import GrammarError
from llmagentos.messages.snapshot import Speaker, voice_in
from llmagentos.perception.extras import MissingSense, NoPicture

MAX_REQUEST = 1 << 20
_log = logging.getLogger(__name__)


class Unanswerable(ValueError):
    """The person's fault: what they asked for is not there."""


async def handle(node: Node, line: bytes) -> dict[str, Any]:
    """One request, answered: `{"result": ...}` or `{"error": sentence}`."""
    try:
        request = json.loads(line)
        json.dumps(request, ensure_ascii=False).encode()  # half a character can be stored nowhere
        operation = _OPERATIONS.get(request["op"])
        if operation is None:
            return {"error": f"unknown op {request['op']!r}; known: {', '.join(_OPERATIONS)}"}
        return {"result": await operation(node, request)}
    except (GrammarError, PlanError, GraphRefused, Unanswerable) as error:
        return {"error": str(error)}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return {"error": f"bad request: {error!r}"}
    except (JournalFailed, PermissionError) as error:
        return {"error": str(error)}
    except Exception as error:  # the outer door: the person gets a sentence, the log the rest
        _log.exception("a request failed")
        return {"error": f"the node failed on this: {type(error).__name__}: {error}"}


def _speaker(request: dict[str, Any]) -> Speaker:
    area = request.get("area")
    if not isinstance(area, str | None):
        raise ValueError("area must be a text")
    return Speaker(str(request.get("principal", "owner")), area, str(request.get("session", "main"))[:100])


async def _say(node: Node, request: dict[str, Any]) -> Any:
    return asdict(await node.say(str(request["words"]), _speaker(request)))


async def _hear(node: Node, request: dict[str, Any]) -> Any:
    """What was said in a WAV file, as it was heard, and the reply; no reply where nobody spoke. Unless `recognised` a voice is a guest of its room; what was `overheard` was said to nobody here, and is judged."""
    from llmagentos.perception.speech.sound import NoSound, read_wave  # numpy, for which nobody else waits

    try:
        data = base64.b64decode(str(request["sound"]), validate=True)
        samples = await asyncio.to_thread(read_wave, data)
        heard = await node.senses.listener.hear(samples, node.snapshot())
    except (NoSound, MissingSense) as error:
        raise Unanswerable(str(error)) from error
    if not heard:
        return {"heard": "", "reply": None}
    if request.get("overheard") is True:
        return {"heard": heard[0], "reply": None, "judged": await _overheard(node, heard[0], request.get("area"))}
    speaker = _speaker(request)
    if speaker.area is not None:
        speaker = replace(speaker, area=_room(speaker.area, node))
    if request.get("recognised") is not True:
        speaker = replace(speaker, principal=voice_in(speaker.area))
    reply = await node.say(heard[0], speaker, heard[1:])
    return {"heard": heard[0], "reply": asdict(reply)}


async def _overheard(node: Node, words: str, area: Any) -> dict[str, Any] | None:
    """What is judged of words that were spoken to nobody here."""
    place = _room(str(area), node) if area else None
    try:
        outcome = await node.senses.chain.judge(Noticed(of_voice(place, words)))
    except ModelUnavailable as error:
        raise Unanswerable(str(error)) from error
    return None if outcome is None else _judged(outcome)


def _judged(outcome: Outcome) -> dict[str, Any]:
    return {"record": outcome.record, "urgency": outcome.verdict.urgency, "sure": outcome.verdict.sure, "done": outcome.done, "asked": outcome.asked}  # fmt: skip


def _room(called: str, node: Node) -> str:
    """A room by its name or another one that it has. Raises: Unanswerable."""
    areas = node.snapshot().areas
    for area in areas.values():
        if called.casefold() in (area.name.casefold(), *(one.casefold() for one in area.aliases)):
            return area.name
    raise Unanswerable(f"there is no room {called!r} here; there are {', '.join(areas)}")


async def _see(node: Node, request: dict[str, Any]) -> Any:
    """What is in a picture that a person shows, and what is judged of it as if a camera called `name` had sent it. It may be of anywhere: nothing is done by itself, no phone rings."""
    from llmagentos.perception.sight.picture import read_picture  # numpy, for which nobody else waits

    area = request.get("area")
    try:
        data = base64.b64decode(str(request["picture"]), validate=True)
        picture = await asyncio.to_thread(read_picture, data)
        seen = await node.senses.seer.look(picture)
    except (NoPicture, MissingSense) as error:
        raise Unanswerable(str(error)) from error
    name = str(request.get("name") or "A camera")[:80]
    shown = noticed(name, _room(str(area), node) if area else None, seen, data)
    try:
        outcome, trouble = await node.senses.chain.judge(shown, shown_only=True), ""
    except ModelUnavailable as error:
        outcome, trouble = None, str(error)
    gauge = None if seen.gauge is None else asdict(seen.gauge)
    judged = None if outcome is None else _judged(outcome)
    return {"told": shown.happening.told, "counts": seen.counts(), "text": seen.text, "gauge": gauge, "judged": judged, "trouble": trouble}  # fmt: skip


async def _do(node: Node, request: dict[str, Any]) -> Any:
    return asdict(await node.do(str(request["sentence"]), _speaker(request), wait=request.get("wait", True)))


async def _consent(node: Node, request: dict[str, Any]) -> Any:
    return asdict(
        await node.consent(str(request["request"]), request["granted"] is True, str(request.get("principal", "owner")))
    )


async def _site(node: Node, _request: dict[str, Any]) -> Any:
    return site_view(node)


async def _why(node: Node, request: dict[str, Any]) -> Any:
    """The chain of a record, or of the last thing that happened to an entity called so."""
    asked = str(request["record"])
    if node.journal.record(asked) is None:
        asked = node.last_of(asked) or asked
    return explain(node.journal.chain(asked), node.journal.words)


async def _stop(node: Node, request: dict[str, Any]) -> Any:
    await node.stop_all(request["stopped"] is True, str(request.get("principal", "owner")))
    return {"stopped": request["stopped"] is True}


async def _orders(node: Node, request: dict[str, Any]) -> Any:
    """The standing orders, after one of them was paused, resumed, removed or edited (to `sentence`) where `change` says so of number `order`."""
    if request.get("change") is not None:
        await _change_order(node, request)
    return orders(node)


async def _trial(node: Node, request: dict[str, Any]) -> Any:
    """What order number `order` does is done now, and put back."""
    known, number = node.orders.all(), request.get("order")
    if not isinstance(number, int) or not 1 <= number <= len(known):
        raise Unanswerable(f"there is no order {number}; there are {len(known)}")
    if known[number - 1].suspended is not None:
        raise Unanswerable(f"order {number} cannot work at present ({known[number - 1].suspended})")
    return asdict(await node.trials.run(known[number - 1], str(request.get("principal", "owner"))))


async def _change_order(node: Node, request: dict[str, Any]) -> None:
    known, change, number = node.orders.all(), request["change"], request["order"]
    if not isinstance(number, int) or not 1 <= number <= len(known):
        raise Unanswerable(f"there is no order {number}; there are {len(known)}")
    order_id = known[number - 1].id
    if change == "remove":
        await node.orders.remove(order_id)
    elif change in ("pause", "resume"):
        await node.orders.pause(order_id, change == "pause")
    elif change == "edit":
        if not str(request["sentence"]).startswith("when "):
            raise Unanswerable("that is no order; one begins with: when ...")
        reply = await node.do(str(request["sentence"]), _speaker(request), replaces=order_id)
        if reply.kind != "done":
            raise Unanswerable(reply.text)
    else:
        raise Unanswerable("an order can be paused, resumed, edited or removed")


async def _plans(node: Node, request: dict[str, Any]) -> Any:
    """The plans, after number `cancel` was cancelled; with `preview` a plan in words that is not begun."""
    if request.get("preview") is not None:
        return {"text": await node.plans.preview(str(request["preview"]), "en")}
    number, known = request.get("cancel"), node.plans.all()
    if number is not None:
        if not isinstance(number, int) or not 1 <= number <= len(known):
            raise Unanswerable(f"there is no plan {number}; there are {len(known)}")
        if known[number - 1].over:
            raise Unanswerable(f"plan {number} is over; nothing of it is under way")
        await node.plans.cancel(known[number - 1])
    return plans(node)


async def _methods(node: Node, request: dict[str, Any]) -> Any:
    """How things are done here, after number `method` was removed, or what was learned of it forgotten, as `change` says."""
    if request.get("change") is not None:
        number, known = request.get("method"), node.methods.all()
        if not isinstance(number, int) or not 1 <= number <= len(known):
            raise Unanswerable(f"there is no method {number}; there are {len(known)}")
        if request["change"] not in ("remove", "forget"):
            raise Unanswerable("a method can be removed, and what was learned of it forgotten")
        await (node.methods.remove if request["change"] == "remove" else node.methods.forget)(known[number - 1])
    return methods(node)


async def _alarms(node: Node, request: dict[str, Any]) -> Any:
    """The alarms, after `change` (acknowledge, shelve, unshelve, remove) of number `alarm`; of all of them, without one, for acknowledge."""
    if request.get("change") is not None:
        await _change_alarm(node, request)
    return alarms(node)


async def _change_alarm(node: Node, request: dict[str, Any]) -> None:
    change, number, by = request["change"], request.get("alarm"), str(request.get("principal", "owner"))
    known = node.alarms.placed()
    if change == "acknowledge" and number is None:
        await node.alarms.acknowledge(known, by)
        return
    if not isinstance(number, int) or not 1 <= number <= len(known):
        raise Unanswerable(f"there is no alarm {number}; there are {len(known)}")
    chosen = known[number - 1]
    if change == "acknowledge":
        await node.alarms.acknowledge([chosen], by)
    elif change in ("shelve", "unshelve"):
        minutes = float(request.get("minutes", 30)) if change == "shelve" else 0.0
        if change == "shelve" and not 0 < minutes <= 720:
            raise Unanswerable("an alarm can be shelved for 1 to 720 minutes")
        await node.alarms.shelve(chosen, by, minutes * 60)
    elif change == "remove":
        await node.alarms.remove(chosen, by)
    else:
        raise Unanswerable("an alarm can be acknowledged, shelved, unshelved or removed")


async def _verify(node: Node, request: dict[str, Any]) -> Any:
    """Whether the journal is whole, and holds the `seal` that somebody kept."""
    kept = bytes.fromhex(str(request["seal"])) if request.get("seal") else None
    return {"tampered": await asyncio.to_thread(node.journal.tampered, kept), "seal": node.journal.seal.hex()}


async def _graph(node: Node, request: dict[str, Any]) -> Any:
    return await graph_operation(node.graph, request)


async def _diagnose(node: Node, request: dict[str, Any]) -> Any:
    """What is wrong with the air handlers on a `day` (YYYY-MM-DD; yesterday)."""
    day = request.get("day")
    return await node.diagnosing.look(None if day is None else dt.date.fromisoformat(str(day)))


_OPERATIONS: dict[str, Callable[[Node, dict[str, Any]], Awaitable[Any]]] = {
    "say": _say, "hear": _hear, "see": _see, "do": _do, "consent": _consent, "site": _site, "why": _why, "orders": _orders, "trial": _trial, "plans": _plans, "alarms": _alarms, "methods": _methods, "verify": _verify, "graph": _graph, "diagnose": _diagnose, "stop": _stop,
}  # fmt: skip
