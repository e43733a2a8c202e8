"""Regulars makes every customer a regular: personalisation and customisation, joined and explained."""

__version__ = "0.1.0"
