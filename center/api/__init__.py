"""What terminals call over HTTP."""
