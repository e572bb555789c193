"""Durable execution of approved commands: intent on disk, message out, state read back, receipt."""

from llmagentos.actuation.executor import Executor, Publisher, Site

__all__ = ["Executor", "Publisher", "Site"]
