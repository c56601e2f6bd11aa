"""MQTT: what a device may say and hear, the brokers that carry it, and the server's side of the conversation."""
