"""The receiving platform of a city or province, simulated: a server that stores, refuses, fails and loses answers."""
