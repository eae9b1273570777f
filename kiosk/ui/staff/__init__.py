"""The staff's page without its widgets: what it asks, what it knows, what it says."""
