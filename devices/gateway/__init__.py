"""The gateway agent: runs beside the hardware, speaks MQTT to the hall and each device's own protocol downward."""
