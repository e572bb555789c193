"""`agentos bench exposes FILE`: every known Zigbee device model through the codec.

For each model the codec's channels are held against the model's own description: a property counts as mapped if some
channel reads (or, where it can only be set, writes) its place on the wire with its type, unit, range and access. Every
channel that is written and read must give back what was written.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.devices.codecs.channels import Channel
from llmagentos.devices.codecs.exposes import SET, STATE, Leaf, entities, leaves
from llmagentos.devices.codecs.payloads import UNKNOWN
from llmagentos.messages.records import Property

MAPPED, RETURNED = 0.95, 0.99
"""Shares that must hold."""
_KINDS = {"numeric": "number", "binary": "bool", "enum": "enum", "text": "text"}
_SCALED = ("brightness", "color_temp", "position", "tilt")
TOPIC = "z/It"


def run_exposes(file: Path, out: Console) -> Figures:
    """Hold every model against its channels. Raises: BenchError."""
    try:
        models = json.loads(gzip.decompress(file.read_bytes()))
    except (OSError, ValueError) as error:
        raise BenchError(f"{file} is no gzipped JSON list of Zigbee2MQTT models: {error}") from error
    count: Counter[str] = Counter()
    with tracking(len(models)) as begin:
        for model in models:
            begin(str(model.get("model", "")))
            _hold(model, count, out)
    return {
        "models": len(models), "exceptions": count["exceptions"], "properties": count["properties"],
        "mapped": round(count["mapped"] / max(1, count["properties"]), 4), "written": count["written"],
        "returned": round(count["returned"] / max(1, count["written"]), 4),
    }  # fmt: skip


def broken(figures: Figures) -> Sequence[str]:
    """The promises that did not hold."""
    promises = {
        f"{figures['exceptions']} models raised": figures["exceptions"] == 0,
        f"less than {MAPPED:.0%} of the properties are mapped": float(figures["mapped"]) >= MAPPED,
        f"less than {RETURNED:.0%} of what was written came back": float(figures["returned"]) >= RETURNED,
    }
    return [sentence for sentence, held in promises.items() if not held]


def _hold(model: dict[str, Any], count: Counter[str], out: Console) -> None:
    name = f"{model.get('vendor', '')} {model.get('model', '')}"
    try:
        channels = [one for entity in entities("0x01", "It", None, model["exposes"], TOPIC) for one in entity.channels]
    except Exception as error:  # what is measured is that there are none
        count["exceptions"] += 1
        out.print(f"{name}: {error!r}", markup=False)
        return
    for leaf in _every_leaf(model["exposes"]):
        count["properties"] += 1
        if any(_concerns(leaf, one) and _maps(leaf, one.property) for one in channels):
            count["mapped"] += 1
        else:
            out.print(f"not mapped: {name} {'/'.join(leaf.path)}", markup=False, highlight=False)
    for channel in channels:
        _write_and_read(channel, name, count, out)


def _every_leaf(exposes: list[Any]) -> Iterator[Leaf]:
    """Leaves that are ever said or set; what can only be asked for is never seen."""
    return (leaf for expose in exposes for leaf in leaves(expose) if leaf.access & (STATE | SET))


def _write_and_read(channel: Channel, name: str, count: Counter[str], out: Console) -> None:
    prop = channel.property
    if channel.write is None or channel.read is None or prop.name == "color":
        return  # the bridge converts r, g, b to what the lamp has; it does not echo them
    count["written"] += 1
    value = _sample(prop)
    [sent] = channel.write(value)
    back = channel.read(sent.payload)
    if back == value or (isinstance(back, float) and abs(back - value) <= max(0.4, abs(value) * 0.01)):
        count["returned"] += 1
    else:
        out.print(f"came back as {back!r}: {name} {prop.name} {value!r}", markup=False, highlight=False)


def _maps(leaf: Leaf, prop: Property) -> bool:
    """Whether a property has the leaf's access, type, unit and range (percent, kelvin and words of a class count)."""
    if (prop.writable, prop.readable) != (bool(leaf.access & SET), bool(leaf.access & STATE)):
        return False
    if (prop.unit in ("%", "K") and leaf.name in _SCALED) or (prop.kind == "enum" and prop.name == "state"):
        return True
    expose = leaf.expose
    return (prop.kind, prop.unit, prop.minimum, prop.maximum) == (
        _KINDS.get(str(expose.get("type")), "json"),
        expose.get("unit") or "",
        expose.get("value_min"),
        expose.get("value_max"),
    )


def _concerns(leaf: Leaf, channel: Channel) -> bool:
    """Whether a channel reads this leaf's place in the state, or, for what is only set, writes there."""
    if channel.read is not None:
        state: Any = _wire_sample(leaf)
        for key in reversed(leaf.path):
            state = {key: state}
        return channel.read(json.dumps(state)) is not UNKNOWN
    if channel.write is None or channel.property.kind == "action":
        return False
    written = json.loads(channel.write(_sample(channel.property))[0].payload)
    for key in leaf.path:
        if not isinstance(written, dict) or key not in written:
            return False
        written = written[key]
    return True


def _sample(prop: Property) -> Any:
    """A value of the property: the middle of its range, its first word."""
    if prop.kind == "bool":
        return True
    if prop.kind == "number":
        low = prop.minimum if prop.minimum is not None else 0
        high = prop.maximum if prop.maximum is not None else low + 100
        return float(round((low + high) / 2))
    return prop.options[0] if prop.options else {"a": 1} if prop.kind == "json" else "x"


def _wire_sample(leaf: Leaf) -> Any:
    """A value the device itself could send for this leaf."""
    kind = leaf.expose.get("type")
    if kind == "binary":
        return leaf.expose.get("value_on", True)
    if kind == "numeric":
        return leaf.expose.get("value_max", leaf.expose.get("value_min", 0))
    if kind == "enum":
        return (leaf.expose.get("values") or ["x"])[0]
    return "x" if kind == "text" else [1]
