import io

from rich.console import Console

from llmagentos.bench.exposes import broken, run_exposes
from tests.shared import needs


def test_all_known_device_models() -> None:
    """None breaks the codec, at least 95 % of properties are mapped, writable ones round-trip."""
    figures = run_exposes(needs("devices/zigbee2mqtt-exposes.json.gz"), Console(file=io.StringIO()))
    assert figures["models"] == 4516
    assert not broken(figures)
