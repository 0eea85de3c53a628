"""Spiegelronde: the 360° mirror for a company."""
