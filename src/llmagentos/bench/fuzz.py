"""`agentos bench fuzz`: mutated MQTT messages, through the codecs alone and through a broker into a running node.

Seeds are what devices really say: announcements and states of the demo house in all three protocols, and the messages of a
real bridge where a folder holds them. Topics, bytes, JSON structure and templates are mutated; no codec may raise, no
message may take long, and the node must still answer afterwards.
"""

import asyncio
import contextlib
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console

from llmagentos.app.ports import NoModel
from llmagentos.app.run import running
from llmagentos.bench.house import SITES, still_house
from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.devices.codecs import Codec
from llmagentos.devices.codecs.described import DescribedCodec
from llmagentos.devices.codecs.homeassistant import HomeAssistantCodec
from llmagentos.devices.codecs.zigbee2mqtt import Zigbee2MqttCodec
from llmagentos.devices.mqtt import MqttClient
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.sitefile import site_spec
from llmagentos.devices.simulation.wires import DescribedWire, HomeAssistantWire, Wire, Zigbee2MqttWire
from llmagentos.messages.snapshot import Speaker

Message: TypeAlias = tuple[str, bytes]
FRESH_EVERY = 2_000
"""Codecs start anew after so many messages: what they hold is bounded, what they once saw must not hide later faults."""
BATCH = 200
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, -1e400, float("nan"), 2**70, "", " ", "\u0000", "日本", "é" * 300, "x" * 5_000, [], {}, [[[[[[]]]]]], {"a": {"b": {}}},
    "{{ value_json.x }}", "{{ 9**9**9 }}", "{% for i in range(10**9) %}{{ i }}{% endfor %}", "{{ ''.__class__.__mro__ }}", "{{ cycler.__init__ }}",
    "{{ value|float * 1e999 }}", "{{ ('a' * 99999999) }}", "{{ value_json[", "{% raw %}", "~/x", "+/#", "$SYS/x", "unavailable", "ON", "None",
)  # fmt: skip


def seeds(folder: Path | None) -> list[Message]:
    """Messages as devices send them."""
    spec = site_spec(yaml12.load((SITES / "demo.yaml").read_text(encoding="utf-8"))["simulate"])
    wires: dict[str, Wire] = {
        "homeassistant": HomeAssistantWire(),
        "zigbee2mqtt": Zigbee2MqttWire(),
        "agentos": DescribedWire(),
    }
    found: list[Message] = []
    for name, wire in wires.items():
        devices = [Device(one) for one in spec.devices if one.via == name]
        sent = [*wire.announce(devices), *(message for device in devices for message in wire.state(device))]
        found += [(topic, payload.encode()) for topic, payload, _ in sent]
    return found + (list(_bridge(folder)) if folder is not None else [])


def _bridge(folder: Path) -> Iterator[Message]:
    for file in sorted(folder.glob("*bridge-devices.json")):
        yield "zigbee2mqtt/bridge/devices", file.read_bytes()
    for file in sorted(folder.glob("*bridge-payloads.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            service = f"/{one['service']}" if one.get("service") else ""
            yield f"zigbee2mqtt/{one['entity']}{service}", str(one["payload"]).encode()


def mutate(message: Message, random_: random.Random) -> Message:
    """One message, damaged in one to three ways."""
    topic, payload = message
    for _ in range(random_.randint(1, 3)):
        change = random_.choice((_flip, _cut, _structure, _structure, _structure, _insert))
        payload = change(payload, random_)
    return (_topic(topic, random_) if random_.random() < 0.1 else topic), payload


def _flip(payload: bytes, random_: random.Random) -> bytes:
    damaged = bytearray(payload or b"x")
    damaged[random_.randrange(len(damaged))] = random_.randrange(256)
    return bytes(damaged)


def _cut(payload: bytes, random_: random.Random) -> bytes:
    return payload[: random_.randrange(len(payload) + 1)]


def _insert(payload: bytes, random_: random.Random) -> bytes:
    at = random_.randrange(len(payload) + 1)
    return payload[:at] + json.dumps(random_.choice(ODD)).encode() + payload[at:]


def _structure(payload: bytes, random_: random.Random) -> bytes:
    try:
        data = json.loads(payload)
    except ValueError:
        return json.dumps(random_.choice(ODD)).encode()
    return json.dumps(_damage(data, random_), ensure_ascii=random_.random() < 0.5).encode("utf-8", "surrogatepass")


def _damage(data: Any, random_: random.Random) -> Any:
    if isinstance(data, dict) and data and random_.random() < 0.9:
        key = random_.choice(list(data))
        action = random_.random()
        if action < 0.2:
            return {name: value for name, value in data.items() if name != key}
        if action < 0.3:
            return {**data, random_.choice(list(data)): data[key]}
        return {**data, key: _damage(data[key], random_)}
    if isinstance(data, list) and data and random_.random() < 0.9:
        at = random_.randrange(len(data))
        return [*data[:at], _damage(data[at], random_), *data[at + 1 :]]
    return random_.choice(ODD)


def _topic(topic: str, random_: random.Random) -> str:
    parts = topic.split("/")
    at = random_.randrange(len(parts))
    parts[at] = random_.choice(("", "日本", "x" * 300, "..", parts[-1], "config", "state", "bridge"))
    return "/".join(parts)


def fuzz_codecs(
    count: int, seed: int, folder: Path | None, begin: Callable[[str], None] = lambda _text: None
) -> Figures:
    """So many messages through the codecs alone. An exception is counted, never hidden; the first is shown."""
    random_, messages = random.Random(seed), seeds(folder)
    codecs: tuple[Codec, ...] = ()
    exceptions, slowest_s, outputs, first = 0, 0.0, 0, ""
    for number in range(count):
        if number % FRESH_EVERY == 0:
            codecs = _codecs(messages)
            begin(f"{number} messages")
        topic, payload = mutate(random_.choice(messages), random_)
        for codec in codecs:
            started = time.perf_counter()
            try:
                outputs += len(codec.receive(topic, payload, 0.0))
            except Exception as error:  # what this bench looks for
                exceptions += 1
                first = first or f"{type(error).__name__}: {error} on {topic} {payload[:200]!r}"
            slowest_s = max(slowest_s, time.perf_counter() - started)
    figures: Figures = {
        "codec_messages": count,
        "codec_exceptions": exceptions,
        "codec_outputs": outputs,
        "slowest_ms": round(slowest_s * 1000, 1),
    }
    return {**figures, "first": first} if first else figures


def _codecs(messages: list[Message]) -> tuple[Codec, ...]:
    """Fresh codecs that know the undamaged devices, so that damaged states reach their templates."""
    codecs = (HomeAssistantCodec("homeassistant"), Zigbee2MqttCodec("zigbee2mqtt"), DescribedCodec("agentos"))
    for topic, payload in messages:
        for codec in codecs:
            codec.receive(topic, payload, 0.0)
    return codecs


async def fuzz_broker(count: int, seed: int, folder: Path | None, begin: Callable[[str], None]) -> Figures:
    """So many messages through a broker into a running node, which must then still do what it is told."""
    random_, messages = random.Random(seed), seeds(folder)
    with tempfile.TemporaryDirectory() as name:
        async with running(still_house(Path(name)), Path(name), NoModel("fuzzing"), simulate=True) as node:
            client = MqttClient(node.client.address, "fuzzer")
            await client.connect()
            sent, waits = 0, []
            while sent < count:
                begin(f"{sent} messages through the broker")
                for _ in range(min(BATCH, count - sent)):
                    topic, payload = mutate(random_.choice(messages), random_)
                    if _publishable(topic):
                        client.publish_bytes(topic, payload)
                    sent += 1
                started = time.monotonic()
                reply = await asyncio.wait_for(node.do("what time", Speaker("owner", None, "fuzz")), 30)
                waits.append(time.monotonic() - started)
                assert reply.kind == "answer", reply
                await _drained(node.client)
            await asyncio.sleep(1.0)
            alive = node.alive()
            await client.close()
            return {"broker_messages": sent, "node_alive": int(alive), "dropped": node.client.dropped, "rejected_topics": len(node.intake.rejected),
                    "answer_p95_ms": round(quantile(waits, 0.95) * 1000, 1)}  # fmt: skip


def _publishable(topic: str) -> bool:
    return bool(topic) and not topic.startswith("$") and "+" not in topic and "#" not in topic and "\0" not in topic


async def _drained(node: MqttClient) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            await asyncio.sleep(0.02)
            while node.waiting():  # noqa: ASYNC110 - a queue of another task
                await asyncio.sleep(0.02)


async def run_fuzz(codec_messages: int, broker_messages: int, seed: int, folder: Path | None, out: Console) -> Figures:
    """Both runs."""
    with tracking(codec_messages // FRESH_EVERY + broker_messages // BATCH + 1) as begin:
        figures = fuzz_codecs(codec_messages, seed, folder, begin)
        through = await fuzz_broker(broker_messages, seed, folder, begin) if broker_messages else {}
    for name, value in {**figures, **through}.items():
        out.print(f"{name}: {value}", highlight=False, markup=False)
    return {**figures, **through}


def broken(figures: Figures) -> list[str]:
    """What is wrong, in sentences."""
    wrong = [f"{figures['codec_exceptions']} messages made a codec raise"] if figures["codec_exceptions"] else []
    return wrong + (["the node did not survive"] if figures.get("node_alive") == 0 else [])
