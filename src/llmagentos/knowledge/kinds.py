"""What a cover covers and what a contact is on, where the device does not say: its owner's name for it tells."""

import re

_COVERS = {
    "garage": r"garage|车库", "gate": r"\bgate\b|大门|院门", "curtain": r"curtain|drape|窗帘", "blind": r"\bblinds?\b|venetian|百叶",
    "shutter": r"shutter|卷帘|卷闸", "shade": r"\bshades?\b|遮光帘", "awning": r"awning|遮阳篷|雨棚", "window": r"window|skylight|窗",
}  # fmt: skip
_CONTACTS = {"window": r"window|skylight|窗(?!帘)"}


def kind_by_name(entity_class: str, kind: str, name: str) -> str:
    """The kind that a device said, or a finer one where it said none and its names hold a word for it."""
    if entity_class == "cover" and kind in ("", "cover"):
        words = _COVERS
    elif entity_class == "binary sensor" and kind == "door":  # every contact of Zigbee says that
        words = _CONTACTS
    else:
        return kind
    return next((one for one, pattern in words.items() if re.search(pattern, name, re.IGNORECASE)), kind)
