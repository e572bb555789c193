"""From bytes to readings and from commands to bytes: codecs without I/O, the MQTT transport, brokers, the simulated site."""
