"""A simulated site: devices with behaviour, rooms with heat, announced over MQTT in three real protocols. A process of its
own that the node knows only through the broker."""
