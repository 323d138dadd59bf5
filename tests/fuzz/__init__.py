"""Hostile bytes for whatever reads bytes from a card, a printer or a stranger's file."""
