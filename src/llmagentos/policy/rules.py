"""The Cedar rules: the default policy and the owner's, parsed once, checked against the schema, evaluated fail-closed.

Cedar skips a rule that errors, so a `forbid` with a typing slip would open the door: every file is validated against
the schema before use, and any diagnostic of an evaluation counts as a no. Source: docs.cedarpolicy.com, "Authorization".
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import cedarpy


class PolicyBroken(ValueError):
    """The owner's policy file does not fit: what is wrong, and that nothing may pass until it is mended."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether it is allowed, and the `@id`s of the rules that said so."""

    allowed: bool
    rules: tuple[str, ...]


class RuleBook:
    """All rules in force."""

    def __init__(self, owners: str | None = None) -> None:
        room = resources.files("llmagentos.policy")
        self._schema = (room / "schema.cedarschema").read_text(encoding="utf-8")
        text = (room / "default.cedar").read_text(encoding="utf-8") + ("\n" + owners if owners else "")
        try:
            result = cedarpy.validate_policies(text, self._schema)
            self._names = _names(text)
        except (ValueError, TypeError) as error:
            raise PolicyBroken(f"the policy cannot be read: {error}") from error
        if not result.validation_passed:
            raise PolicyBroken("the policy does not fit the schema: " + "; ".join(str(one) for one in result.errors))
        self._policies = text

    def rule(self, action: str, principal: dict[str, Any], resource: dict[str, Any], context: dict[str, Any]) -> Ruling:
        """One decision. Anything unexpected is a no."""
        request = {"principal": f'Person::"{_quoted(principal["id"])}"', "action": f'Action::"{action}"',
                   "resource": f'Device::"{_quoted(resource["id"])}"', "context": context}  # fmt: skip
        entities = [
            {"uid": {"type": "Person", "id": principal["id"]}, "attrs": {"role": principal["role"], "area": principal["area"]}, "parents": []},
            {"uid": {"type": "Device", "id": resource["id"]}, "attrs": {key: value for key, value in resource.items() if key != "id"}, "parents": []},
        ]  # fmt: skip
        try:
            result = cedarpy.is_authorized(request, self._policies, entities, schema=self._schema)
        except (ValueError, TypeError) as error:
            return Ruling(False, (f"policy error: {error}",))
        names = tuple(self._names.get(one, one) for one in result.diagnostics.reasons)
        if result.diagnostics.errors:
            return Ruling(False, ("policy error: " + str(result.diagnostics.errors[0]),))
        return Ruling(bool(result.allowed), names or ("nothing-permits-it",))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _names(text: str) -> dict[str, str]:
    """Cedar's own ids of the policies (policy0, ...) to the `@id`s that people read."""
    policies = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return {key: str(value.get("annotations", {}).get("id", key)) for key, value in policies.items()}
