"""The method: raw answers in, a frozen release out, and everything that may be computed from a release.

Pure: no web, no storage, no clock, no randomness.
"""
