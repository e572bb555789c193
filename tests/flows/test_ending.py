"""A node that is ended, or killed, leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SITE = "site: Short House\nsimulate: {devices: [{id: light.a, class: light, name: Lamp}]}\n"


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(one) for one in listed.stdout.split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans on Linux only")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_child_is_left(tmp_path: Path, number: signal.Signals) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE)
    command = [
        sys.executable,
        "-m",
        "llmagentos",
        "demo",
        str(site),
        "--data",
        str(tmp_path),
        "--model",
        "none",
        "--port",
        "0",
    ]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert node.stdout is not None
    with node.stdout as told:
        for line in told:
            if "page:" in line:
                break
        started = children(node.pid)
        assert len(started) == 2
        if (
            number == signal.SIGKILL
        ):  # started by root, mosquitto changes its user, and with it the kernel forgets the tie
            started = [one for one in started if Path(f"/proc/{one}").stat().st_uid == os.geteuid()]
        node.send_signal(number)
        assert node.wait(15) == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(map(alive, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, started))
    subprocess.run(["pkill", "-f", str(tmp_path)], check=False)
