"""Libraries and models that not every box has: what is missing is said with what to do."""


class MissingSense(Exception):
    """A sense cannot work here. The message says what to install or fetch."""


class NoPicture(ValueError):
    """Bytes that cannot be taken as a picture. The message says why."""


def missing(library: str, extra: str) -> MissingSense:
    """For a library of an optional extra."""
    return MissingSense(f"{library} is not installed: pip install 'llmagentos[{extra}]'")
