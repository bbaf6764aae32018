"""Errors, and the names of helper modules that programs import."""
