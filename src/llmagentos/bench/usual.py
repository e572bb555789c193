"""The usual way to make a small model act: chat template, a list of tools, JSON bound by a schema, llama.cpp.

It gets every help: the same weights, the same candidates, its prompt's beginning in the cache, the better of one or two
threads. What it answers is not judged here.
"""

import json
from pathlib import Path
from typing import Any

from llmagentos.inference.llamacpp import LlamaCpp

TOOLS = {
    "turn_on": ("Turns on a device.", {}),
    "turn_off": ("Turns off a device.", {}),
    "open": ("Opens a cover or a valve.", {}),
    "close": ("Closes a cover or a valve.", {}),
    "lock": ("Locks a door.", {}),
    "unlock": ("Unlocks a door.", {}),
    "set_brightness": ("Sets the brightness of a light in percent.", {"value": {"type": "number"}}),
    "set_position": ("Sets the position of a cover in percent.", {"value": {"type": "number"}}),
    "set_temperature": ("Sets the target temperature in degrees.", {"value": {"type": "number"}}),
    "get_state": ("Tells the state of a device.", {}),
}
ROLE = "You control a home. Answer each request with one tool call as JSON.\nTools:\n"
LONGEST = 96


class UsualWay:
    """One llama.cpp server, as a product would use it."""

    def __init__(self, model: Path, *, threads: int) -> None:
        self._model = LlamaCpp(model, threads=threads)
        listed = [
            {"name": name, "description": text, "parameters": {"device": {"type": "string"}, **more}}
            for name, (text, more) in TOOLS.items()
        ]
        self._system = ROLE + "\n".join(json.dumps(one) for one in listed)

    def call(self, words: str, candidates: list[str]) -> dict[str, Any]:
        """The tool call for a sentence."""
        answer = self._model.chat_completion(
            {
                "messages": [
                    {"role": "system", "content": self._system},
                    {"role": "user", "content": f"Devices: {', '.join(candidates)}\n{words}"},
                ],
                "temperature": 0, "max_tokens": LONGEST,
                "response_format": {"type": "json_schema", "json_schema": {"name": "call", "schema": _schema(candidates)}},
            }
        )  # fmt: skip
        text = answer["choices"][0]["message"]["content"]
        try:
            call = json.loads(text)
        except ValueError:  # cut off at the longest answer
            return {}
        return call if isinstance(call, dict) else {}


def _schema(candidates: list[str]) -> dict[str, Any]:
    device = {"enum": candidates}
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "name": {"const": name},
                    "arguments": {
                        "type": "object",
                        "properties": {"device": device, **more},
                        "required": ["device", *more],
                        "additionalProperties": False,
                    },
                },
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
            for name, (_, more) in TOOLS.items()
        ]
    }
