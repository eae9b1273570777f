"""The customer's screens (Qt): draws `kiosk.flow.screen.Screen` values and posts presses."""
