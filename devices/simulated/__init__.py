"""A simulated hall: devices that speak MQTT, visitors and staff; ships with the product, to try, train and load."""
