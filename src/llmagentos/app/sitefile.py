"""The owner's site file, YAML to SiteConfig: every mistake is one sentence that says where and what to write instead."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import yaml

from llmagentos.agent.chain.remedies import check_permission
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.fixtures import from_fixtures, is_fixtures
from llmagentos.language.units import UNITS
from llmagentos.messages import codec
from llmagentos.messages.site import BrokerAddress, Camera, Guard, Lease, Level, Location, Naming, SiteConfig
from llmagentos.messages.snapshot import Area


class SiteFileError(ValueError):
    """The person's fault: what is wrong in the site file."""


_TOP = ("site", "node", "language", "level", "broker", "location", "homeassistant", "zigbee2mqtt", "agentos", "areas", "names", "people", "guards", "leases", "notify", "escalate", "hand_minutes", "history_days", "resources", "on_its_own", "cameras",
        "policies", "simulate")  # fmt: skip


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping of a YAML file; Home Assistant fixtures are translated. Raises: SiteFileError."""
    try:
        data = yaml12.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteFileError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise SiteFileError(f"{path} must be a mapping with at least `site: NAME`")
    if is_fixtures(data):
        try:
            return from_fixtures(data, path.resolve().parent.name)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SiteFileError(
                f"{path} looks like Home Assistant fixtures but cannot be read as such: {error!r}"
            ) from error
    return data


def site_config(data: dict[str, Any], path: Path) -> SiteConfig:
    """The configuration of a site file's data. Raises: SiteFileError."""
    unknown = [key for key in data if key not in _TOP]
    if unknown:
        raise SiteFileError(f"{path}: unknown key `{unknown[0]}`; known: {', '.join(_TOP)}")
    if not isinstance(data.get("site"), str):
        raise SiteFileError(f"{path}: `site: NAME` is missing")
    level = data.get("level", "observe")
    if level not in get_args(Level):
        raise SiteFileError(f"{path}: level: {level!r} is none of {', '.join(get_args(Level))}")
    policies = _policies(data.get("policies"), path)
    return SiteConfig(
        name=data["site"], node=str(data.get("node", "node")), language=str(data.get("language", "en")), level=level,
        broker=_broker(data.get("broker"), path), homeassistant_prefix=str(data.get("homeassistant", "homeassistant")),
        zigbee2mqtt_base=str(data.get("zigbee2mqtt", "zigbee2mqtt")), agentos_base=str(data.get("agentos", "agentos")),
        location=_build(Location, data["location"], f"{path}: location") if data.get("location") else None,
        areas=tuple(_build(Area, one, f"{path}: areas[{index}]") for index, one in enumerate(_list(data, "areas", path))),
        names={str(key): _build(Naming, one, f"{path}: names: {key}") for key, one in _mapping(data, "names", path).items()},
        people=tuple(str(one) for one in _list(data, "people", path)) or ("owner",),
        guards=tuple(_build(Guard, one, f"{path}: guards[{index}]") for index, one in enumerate(_list(data, "guards", path))),
        leases=tuple(_build(Lease, one, f"{path}: leases[{index}]") for index, one in enumerate(_list(data, "leases", path))),
        notify=tuple(str(one) for one in _list(data, "notify", path)),
        escalate=tuple(str(one) for one in _list(data, "escalate", path)),
        hand_minutes=_amount(data, "hand_minutes", 30, "minutes", path),
        history_days=_amount(data, "history_days", 31, "days", path),
        resources={str(key): _quantity(str(one), f"{path}: resources: {key}") for key, one in _mapping(data, "resources", path).items()},
        on_its_own=_on_its_own(data, path),
        cameras=tuple(_build(Camera, one, f"{path}: cameras[{index}]") for index, one in enumerate(_list(data, "cameras", path))),
        policies=policies,
    )  # fmt: skip


def load_site(path: Path) -> SiteConfig:
    """Read and check a site file. Raises: SiteFileError."""
    return site_config(read_yaml(path), path)


def _amount(data: dict[str, Any], key: str, usual: float, unit: str, path: Path) -> float:
    value = data.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10_000:
        raise SiteFileError(f"{path}: {key}: a number of {unit} from 0 on, not {value!r}")
    return float(value)


def _on_its_own(data: dict[str, Any], path: Path) -> tuple[str, ...]:
    sentences = tuple(str(one) for one in _list(data, "on_its_own", path))
    for sentence in sentences:
        try:
            check_permission(sentence)
        except ValueError as error:
            raise SiteFileError(f"{path}: on_its_own: {error}") from error
    return sentences


def _quantity(text: str, where: str) -> tuple[float, str]:
    number, _, unit = text.partition(" ")
    if unit not in ("", *UNITS):
        raise SiteFileError(f"{where}: {unit!r} is no unit; known: {', '.join(UNITS)}")
    try:
        return float(number), unit
    except ValueError as error:
        raise SiteFileError(f"{where}: a number and perhaps a unit, as in 3 kW, not {text!r}") from error


def _list(data: dict[str, Any], key: str, path: Path) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise SiteFileError(f"{path}: {key}: must be a list")
    return value


def _mapping(data: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        raise SiteFileError(f"{path}: {key}: must be a mapping")
    return value


def _build(cls: type[Any], data: Any, where: str) -> Any:
    if isinstance(data, str) and cls is Area:
        return Area(data)
    if not isinstance(data, dict):
        raise SiteFileError(f"{where}: must be a mapping")
    known = {one.name for one in fields(cls)}
    unknown = [key for key in data if key not in known]
    if unknown:
        raise SiteFileError(f"{where}: unknown key `{unknown[0]}`; known: {', '.join(sorted(known))}")
    try:
        return codec.build(cls, data)
    except (codec.SchemaError, ValueError) as error:
        raise SiteFileError(f"{where}: {str(error).replace('__init__() ', '')}") from error


def _broker(data: Any, path: Path) -> BrokerAddress | None:
    if data is None:
        return None
    if isinstance(data, str):
        host, _, said = data.partition(":")
        if said and not said.isdigit():
            raise SiteFileError(f"{path}: broker: port must be a number, not {said!r}")
        data = {"host": host, **({"port": int(said)} if said else {})}
    address: BrokerAddress = _build(BrokerAddress, data, f"{path}: broker")
    file = address.password_file
    return replace(address, password_file=str(path.parent / file) if file else None)


def _policies(name: Any, path: Path) -> str | None:
    if name is None:
        return None
    file = path.parent / str(name)
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SiteFileError(f"{path}: policies: {file} cannot be read: {error.strerror}") from error
