import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmagentos.devices.codecs import (
    Availability,
    CannotEncode,
    Described,
    Gone,
    Publish,
    Rejected,
    Reported,
    Subscribe,
)
from llmagentos.devices.codecs.abbreviations import expand_key
from llmagentos.devices.codecs.homeassistant import HomeAssistantCodec
from llmagentos.messages.records import Command, EntityDescription


def configured(component: str, config: dict[str, Any]) -> tuple[HomeAssistantCodec, EntityDescription]:
    codec = HomeAssistantCodec()
    outputs = codec.receive(f"homeassistant/{component}/it/config", json.dumps(config).encode(), 0)
    described = [one for one in outputs if isinstance(one, Described)]
    assert len(described) == 1, outputs
    return codec, described[0].entity


def command(entity: EntityDescription, prop: str, value: Any) -> Command:
    return Command(entity=entity.id, property=prop, value=value, verb="set")


CASES: list[tuple[str, dict[str, Any], str, Any, Publish, tuple[str, str] | None]] = [
    ("light", {"cmd_t": "l/set", "stat_t": "l"}, "on", True, Publish("l/set", "ON"), ("l", "ON")),
    ("light", {"~": "l", "cmd_t": "~/set", "bri_cmd_t": "~/b/set", "bri_stat_t": "~/b"}, "brightness", 50,
     Publish("l/b/set", "128"), ("l/b", "127.5")),
    ("light", {"cmd_t": "l/set", "clr_temp_cmd_t": "l/ct", "clr_temp_stat_t": "l/s"}, "color temperature", 4000,
     Publish("l/ct", "250"), ("l/s", "250")),
    ("light", {"schema": "json", "cmd_t": "l/set", "stat_t": "l", "brightness": True}, "brightness", 100,
     Publish("l/set", '{"state": "ON", "brightness": 255}'), ("l", '{"state": "ON", "brightness": 255}')),
    ("switch", {"cmd_t": "s/set", "stat_t": "s", "pl_on": "1", "pl_off": "0", "ret": True}, "on", False,
     Publish("s/set", "0", retain=True), ("s", "0")),
    ("cover", {"cmd_t": "c/set", "pos_t": "c/pos", "set_pos_t": "c/go", "pos_open": 255}, "position", 100,
     Publish("c/go", "255"), ("c/pos", "255")),
    ("cover", {"cmd_t": "c/set", "stat_t": "c"}, "state", "closed", Publish("c/set", "CLOSE"), ("c", "closed")),
    ("valve", {"cmd_t": "v/set", "stat_t": "v", "reports_position": True}, "position", 50, Publish("v/set", "50"), ("v", "50")),
    ("lock", {"cmd_t": "k/set", "stat_t": "k"}, "state", "locked", Publish("k/set", "LOCK"), ("k", "LOCKED")),
    ("fan", {"cmd_t": "f/set", "pct_cmd_t": "f/pct", "pct_stat_t": "f/p", "spd_rng_max": 10}, "speed", 50, Publish("f/pct", "5"), ("f/p", "5")),
    ("climate", {"temp_cmd_t": "h/t", "temp_stat_t": "h", "temp_stat_tpl": "{{ value_json.set }}"}, "temperature", 21.5,
     Publish("h/t", "21.5"), ("h", '{"set": 21.5}')),
    ("climate", {"mode_cmd_t": "h/m", "mode_stat_t": "h"}, "mode", "heat", Publish("h/m", "heat"), ("h", "heat")),
    ("vacuum", {"cmd_t": "w/c", "stat_t": "w"}, "activity", "returning", Publish("w/c", "return_to_base"), ("w", '{"state": "returning"}')),
    ("lawn_mower", {"act_stat_t": "m", "act_val_tpl": "{{ value }}", "dock_cmd_t": "m/d", "start_mowing_command_topic": "m/s",
                    "activity_state_topic": "m"}, "activity", "mowing", Publish("m/s", "start_mowing"), ("m", "mowing")),
    ("humidifier", {"cmd_t": "u/set", "hum_cmd_t": "u/h", "hum_stat_t": "u/hs"}, "humidity", 45, Publish("u/h", "45"), ("u/hs", "45")),
    ("siren", {"cmd_t": "z/set", "stat_t": "z"}, "on", True, Publish("z/set", "ON"), ("z", "ON")),
    ("scene", {"cmd_t": "e/set"}, "activate", "activate", Publish("e/set", "ON"), None),
    ("button", {"cmd_t": "b/set", "pl_prs": "GO"}, "press", "press", Publish("b/set", "GO"), None),
    ("number", {"cmd_t": "n/set", "stat_t": "n", "min": -5, "max": 5, "cmd_tpl": '{"v": {{ value }}}'}, "value", 3,
     Publish("n/set", '{"v": 3}'), ("n", "3")),
    ("select", {"cmd_t": "o/set", "stat_t": "o", "ops": ["eco", "max"]}, "value", "eco", Publish("o/set", "eco"), ("o", "eco")),
]  # fmt: skip


@pytest.mark.parametrize(("component", "config", "prop", "value", "sent", "said"), CASES, ids=lambda one: str(one)[:24])
def test_command_and_state(
    component: str, config: dict[str, Any], prop: str, value: Any, sent: Publish, said: tuple[str, str] | None
) -> None:
    codec, entity = configured(component, config)
    assert codec.encode(command(entity, prop, value)) == [sent]
    if said:
        reported = [one for one in codec.receive(said[0], said[1].encode(), 0) if isinstance(one, Reported)]
        assert Reported(entity.id, prop, value) in reported


def test_device_config_shares_options_and_removes_components() -> None:
    codec = HomeAssistantCodec()
    config: dict[str, Any] = {
        "dev": {"ids": "d1", "name": "Boiler", "sa": "Cellar"}, "o": {"name": "x"}, "avty_t": "d/online",
        "cmps": {"t": {"p": "sensor", "stat_t": "d/t", "unit_of_meas": "°C", "dev_cla": "temperature", "name": "Temperature"},
                 "s": {"p": "switch", "cmd_t": "d/s", "name": None}},
    }  # fmt: skip
    outputs = codec.receive("homeassistant/device/d1/config", json.dumps(config).encode(), 0)
    entities = {one.entity.id: one.entity for one in outputs if isinstance(one, Described)}
    assert {one.name for one in entities.values()} == {"Boiler Temperature", "Boiler"}
    assert all(one.area == "Cellar" and one.device == "d1" for one in entities.values())
    assert Subscribe("d/t") in outputs
    assert {one.entity for one in codec.receive("d/online", b"offline", 0) if isinstance(one, Availability)} == set(
        entities
    )
    config["cmps"]["s"] = {"p": "switch"}
    outputs = codec.receive("homeassistant/device/d1/config", json.dumps(config).encode(), 0)
    assert [one.entity for one in outputs if isinstance(one, Gone)] == ["switch.d1_s"]
    assert [type(one) for one in codec.receive("homeassistant/device/d1/config", b"", 0)] == [Gone]


def test_optimistic_and_read_only() -> None:
    _, optimistic = configured("light", {"cmd_t": "l/set"})
    prop = optimistic.property("on")
    assert prop is not None
    assert prop.optimistic
    assert prop.writable
    codec, sensor = configured("sensor", {"stat_t": "s", "unit_of_meas": "W"})
    with pytest.raises(CannotEncode):
        codec.encode(command(sensor, "value", 3))


def test_out_of_range_and_wrong_type_are_refused() -> None:
    codec, entity = configured("number", {"cmd_t": "n", "stat_t": "n/s", "min": 0, "max": 10})
    for value in (11, -1, "3", True, None):
        with pytest.raises(CannotEncode):
            codec.encode(command(entity, "value", value))


@pytest.mark.parametrize(
    "template",
    ["{% for i in range(9) %}{{ i }}{% endfor %}", "{{ ''.__class__.__mro__ }}", "{{ 'a' * 999999999 }}", "{{ 9 ** 9 ** 9 }}",
     "{{ cycler.__init__.__globals__ }}", "{% include '/etc/passwd' %}", "{{ value.ljust(999999999) }}", "{{ '%9999999d' % 1 }}", "{{"],
)  # fmt: skip
def test_hostile_templates_do_nothing(template: str) -> None:
    codec = HomeAssistantCodec()
    outputs = codec.receive(
        "homeassistant/sensor/x/config", json.dumps({"stat_t": "s", "val_tpl": template}).encode(), 0
    )
    outputs += codec.receive("s", b"1", 0)
    assert any(isinstance(one, Rejected) for one in outputs) or all(
        one.value in (None, "", "1") for one in outputs if isinstance(one, Reported)
    )


def test_abbreviations_expand_to_documented_names() -> None:
    expected = {
        "cmd_t": "command_topic", "stat_t": "state_topic", "val_tpl": "value_template", "bri_cmd_t": "brightness_command_topic",
        "clr_temp_cmd_t": "color_temp_command_topic", "temp_cmd_t": "temperature_command_topic", "curr_temp_t": "current_temperature_topic",
        "temp_hi_cmd_t": "temperature_high_command_topic", "avty_t": "availability_topic", "pl_not_avail": "payload_not_available",
        "uniq_id": "unique_id", "pos_clsd": "position_closed", "tilt_clsd_val": "tilt_closed_value", "osc_cmd_t": "oscillation_command_topic",
        "pr_mode_cmd_t": "preset_mode_command_topic", "fanspd_lst": "fan_speed_list", "hum_cmd_t": "target_humidity_command_topic",
        "min_temp": "min_temp", "command_topic": "command_topic", "dev_cla": "device_class", "spd_rng_max": "speed_range_max",
        "set_pos_t": "set_position_topic", "pct_stat_t": "percentage_state_topic", "ent_cat": "entity_category", "ops": "options",
        "flsh_tlng": "flash_time_long", "sup_clrm": "supported_color_modes", "rgb_cmd_t": "rgb_command_topic", "exp_aft": "expire_after",
    }  # fmt: skip
    assert {key: expand_key(key) for key in expected} == expected


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=20) | st.sampled_from(["{{ value }}", "a/b", "~/x", "#"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8,
)  # fmt: skip
KEYS = st.sampled_from(["cmd_t", "stat_t", "val_tpl", "dev", "cmps", "avty", "name", "schema", "~", "min", "max", "ops", "pos_t", "bri_stat_t",
                        "bri_scl", "max_mireds", "reports_position", "tilt_max", "tilt_cmd_t", "spd_rng_max", "pct_cmd_t", "dev_cla", "p", "modes"])  # fmt: skip
CONFIGS = st.dictionaries(KEYS, JSON_VALUES | st.sampled_from(["t/1", "t/2", "{{ value_json.a }}"]), max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["light", "cover", "valve", "fan", "climate", "sensor", "vacuum", "device", "number", "nonsense"]),
    CONFIGS,
    st.binary(max_size=40),
)
def test_no_config_and_no_payload_breaks_the_codec(component: str, config: dict[str, Any], payload: bytes) -> None:
    codec = HomeAssistantCodec()
    outputs = codec.receive(f"homeassistant/{component}/x/config", json.dumps(config).encode(), 0)
    for topic in ["t/1", *(one.topic for one in outputs if isinstance(one, Subscribe))]:
        codec.receive(topic, payload, 0)
    for described in [one.entity for one in outputs if isinstance(one, Described)]:
        for prop in described.properties:
            for value in (True, 50, prop.options[0] if prop.options else "x", None):
                with contextlib.suppress(CannotEncode):
                    codec.encode(command(described, prop.name, value))
