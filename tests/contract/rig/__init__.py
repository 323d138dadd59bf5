"""Two readers that fail and have lamps: a driver of our own for a private pcscd."""
