"""What every agent stands on: the journal, the bus, timers. One node process owns them."""
