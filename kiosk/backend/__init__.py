"""What the kiosk needs of a head office: port, client and outbox."""
