"""Child processes that do not outlive their parent, not even one that was killed."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """For `preexec_fn`: the kernel ends this process with the thread that started it. Elsewhere than on Linux: nothing.

    A child that changes its user (mosquitto started by root) loses the tie. Source: prctl(2), PR_SET_PDEATHSIG.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
