"""The short keys of Home Assistant's MQTT discovery, expanded.

Source: home-assistant.io, "MQTT discovery: supported abbreviations in MQTT discovery messages". The published list
abbreviates word by word, so it is stored word by word; the few keys that break the pattern are listed whole.
"""

from typing import Any

_WORDS = {
    "act": "action", "atype": "automation_type", "av": "available", "avty": "availability", "b": "blue", "bat": "battery",
    "bri": "brightness", "chrg": "charging", "cla": "class", "cln": "cleaning", "clr": "color", "clrm": "color_mode",
    "cls": "close", "clsd": "closed", "cmd": "command", "cmps": "components", "cmp": "component", "cod": "code",
    "conf": "configuration", "curr": "current", "def": "default", "dev": "device", "dir": "direction", "dis": "disarm",
    "dly": "delay", "e": "encoding", "en": "enabled_by_default", "ent": "entity", "err": "error", "exp": "expire",
    "aft": "after", "fanspd": "fan_speed", "feat": "features", "flsh": "flash", "tlng": "time_long", "tsht": "time_short",
    "frc": "force", "fx": "effect", "g": "green", "hi": "high", "ic": "icon", "img": "image", "init": "initial",
    "l": "latest", "ver": "version", "lev": "level", "lo": "low", "loc": "locate", "lrst": "last_reset", "lst": "list",
    "mirs": "mireds", "kelvin": "kelvin", "med": "medium", "nite": "night", "o": "origin", "obj": "object", "off": "off",
    "opnd": "opened", "ops": "options", "opt": "optimistic", "osc": "oscillation", "p": "platform", "pct": "percentage",
    "pl": "payload", "pos": "position", "pow": "power", "pr": "preset", "prs": "press", "r": "red", "rel": "release",
    "req": "required", "ret": "retain", "rng": "range", "rst": "reset", "s": "summary", "scl": "scale", "spd": "speed",
    "spds": "speeds", "src": "source", "stat": "state", "ent_pic": "entity_picture", "stype": "subtype", "sug": "suggested",
    "dsp": "display", "prc": "precision", "sup": "support", "sw": "sw", "t": "topic", "temp": "temp", "ton": "turn_on",
    "toff": "turn_off", "tpl": "template", "trig": "trigger", "u": "url", "uniq": "unique", "unlk": "unlock",
    "inst": "install", "upd": "update", "val": "value", "vol": "volume", "whit": "white", "cns": "connections",
    "avail": "available", "paus": "pause", "strt": "start", "dur": "duration", "inv": "invert", "hum": "humidity",
    "cat": "category", "attr": "attributes", "clean": "clean", "ptrn": "pattern", "tit": "title", "rgbw": "rgbw",
}  # fmt: skip

_WHOLE = {
    "curr_temp_t": "current_temperature_topic", "curr_temp_tpl": "current_temperature_template",
    "curr_hum_t": "current_humidity_topic", "curr_hum_tpl": "current_humidity_template",
    "temp_unit": "temperature_unit", "precision": "precision", "temp_step": "temp_step",
    "hum_cmd_t": "target_humidity_command_topic", "hum_cmd_tpl": "target_humidity_command_template",
    "hum_stat_t": "target_humidity_state_topic", "hum_state_tpl": "target_humidity_state_template",
    "hum_stat_tpl": "target_humidity_state_template", "sup_clrm": "supported_color_modes",
    "sup_feat": "supported_features", "sup_vol": "support_volume_set", "unit_of_meas": "unit_of_measurement",
    "stat_cla": "state_class", "pl_ret": "payload_return_to_base", "pl_stpa": "payload_start_pause",
    "pl_cln_sp": "payload_clean_spot", "off_dly": "off_delay", "bri_tpl": "brightness_template", "hs_cmd_t": "hs_command_topic",
    "hs_stat_t": "hs_state_topic", "hs_val_tpl": "hs_value_template", "act_t": "action_topic", "max_temp": "max_temp",
    "e": "encoding", "fan_mode_stat_t": "fan_mode_state_topic", "send_cmd_t": "send_command_topic", "dock_cmd_t": "dock_command_topic",
    "strt_mow_cmd_t": "start_mowing_command_topic", "ret_t": "return_topic", "sug_dsp_prc": "suggested_display_precision",
    "whit_val_cmd_t": "white_value_command_topic", "json_attr": "json_attributes", "pl_osc_off": "payload_oscillation_off",
}  # fmt: skip

_DEVICE = {
    "cns": "connections", "cu": "configuration_url", "ids": "identifiers", "mf": "manufacturer", "mdl": "model",
    "mdl_id": "model_id", "hw": "hw_version", "sw": "sw_version", "sa": "suggested_area", "sn": "serial_number",
}  # fmt: skip


def expand_key(key: str) -> str:
    """The full name of a config key; a full name is returned as it is."""
    if key in _WHOLE:
        return _WHOLE[key]
    full = "_".join(_WORDS.get(word, word) for word in key.split("_"))
    return full.replace("temp_", "temperature_", 1) if key.startswith("temp_") and len(full.split("_")) > 2 else full


def expand(config: dict[str, Any]) -> dict[str, Any]:
    """A discovery config with full keys, in its device, availability and component parts too. Does not follow `~`."""
    full = {expand_key(str(key)): value for key, value in config.items()}
    device = full.get("device")
    if isinstance(device, dict):
        full["device"] = {_DEVICE.get(str(key), str(key)): value for key, value in device.items()}
    availability = full.get("availability")
    if isinstance(availability, list):
        full["availability"] = [
            {expand_key(str(key)): value for key, value in one.items()} for one in availability if isinstance(one, dict)
        ]
    components = full.get("components")
    if isinstance(components, dict):
        full["components"] = {str(key): expand(one) for key, one in components.items() if isinstance(one, dict)}
    return full


def expand_base(config: dict[str, Any]) -> dict[str, Any]:
    """Replace a leading or trailing `~` in topics by the config's base topic."""
    base = config.get("~")
    if not isinstance(base, str):
        return config
    return {
        key: _with_base(value, base) if key.endswith("topic") or key == "availability" else value
        for key, value in config.items()
    }


def _with_base(value: Any, base: str) -> Any:
    if isinstance(value, list):
        return [
            {key: _with_base(one, base) for key, one in item.items()} if isinstance(item, dict) else item
            for item in value
        ]
    if not isinstance(value, str):
        return value
    if value.startswith("~"):
        return base + value[1:]
    return value[:-1] + base if value.endswith("~") else value
