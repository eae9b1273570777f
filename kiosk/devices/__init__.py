"""Device ports, transports and drivers."""
