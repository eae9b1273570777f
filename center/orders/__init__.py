"""Orders, their payment legs and the vend."""
