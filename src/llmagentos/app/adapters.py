"""Which adapter goes with which model: a release that was installed, the one that ships with the program, one that a site trained, or none.

A model is named NAME, NAME@shipped (whatever is installed), NAME@none (as it came, without an adapter) or NAME@FOLDER. `site-language.json` beside an adapter says
what it was trained for; one that was trained for another prompt or grammar is refused rather than misread.
"""

import json
import logging
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from llmagentos.agent.confidence import UNTRAINED, Calibration
from llmagentos.agent.prompt import PROMPT_VERSION
from llmagentos.fleet.releases import Installed, Releases
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import MODELS, ModelStore
from llmagentos.language.tree import GRAMMAR_VERSION, UNDERSTOOD_FROM

CARD = "site-language.json"
_log = logging.getLogger(__name__)
_SHIPPED = Path(str(resources.files("llmagentos") / "adapters"))


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model file and what was trained over it."""

    file: Path
    adapter: Path | None = None
    released: bool = False
    """It was installed, and what ships can take its place."""

    @property
    def calibration(self) -> Calibration:
        """As its card says; one that was not calibrated is not believed."""
        card = json.loads((self.adapter / CARD).read_text(encoding="utf-8")) if self.adapter else {}
        return Calibration(**card["calibration"]) if "calibration" in card else UNTRAINED

    @property
    def trained(self) -> bool:
        """Whether it has learned the site language."""
        return self.adapter is not None


def chosen_model(models: ModelStore, named: str) -> ChosenModel:
    """The model of a name. Raises: ModelUnavailable, which says what to do."""
    name, _, asked = named.partition("@")
    file = models.path(name)
    if file is None:
        hint = f"fetch it with `agentos models fetch {name}`" if name in MODELS else f"known: {', '.join(MODELS)}"
        raise ModelUnavailable(f"the model {name} is not here; {hint}")
    if asked == "none":
        return ChosenModel(file)
    if asked and asked != "shipped":
        return ChosenModel(file, _fitting(Path(asked).expanduser()))
    released = None if asked else _released(models, name)
    if released is not None:
        return ChosenModel(file, released, released=True)
    shipped = _SHIPPED / name
    return ChosenModel(file, _fitting(shipped) if name in MODELS and shipped.is_dir() else None)


def releases(models: ModelStore) -> Releases:
    """The releases beside the models."""
    return Releases(models.folder / "releases")


def in_use(models: ModelStore, name: str) -> Installed | None:
    """The release that a node uses that starts now; None where it is what ships."""
    return releases(models).active(name, _misfit)


def _released(models: ModelStore, name: str) -> Path | None:
    """The folder of the release in use; what was chosen and cannot be used is said and left aside."""
    held = releases(models)
    for one in held.left_aside(name, _misfit):
        _log.warning("a release of %s is not used: %s", name, one)
    active = held.active(name, _misfit)
    return active.folder if active else None


def _misfit(release: Installed) -> str | None:
    """Why a release cannot be used by this program."""
    try:
        _fitting(release.folder)
    except ModelUnavailable as error:
        return str(error)
    return None


def _fitting(folder: Path) -> Path:
    """The folder, if its adapter speaks our prompt and grammar."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        trained_for = (card["prompt"], card["grammar"])
        Calibration(**card.get("calibration", {}))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"{folder} holds no adapter for the site language: {error!r}") from error
    if trained_for[0] != PROMPT_VERSION or not UNDERSTOOD_FROM <= trained_for[1] <= GRAMMAR_VERSION:
        raise ModelUnavailable(
            f"the adapter in {folder} was trained for prompt {trained_for[0]} and grammar {trained_for[1]}, "
            f"this program has {PROMPT_VERSION} and {GRAMMAR_VERSION}; train it again"
        )
    return folder
