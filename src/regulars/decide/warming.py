"""Compiling ahead: so that no request ever waits for a compiler."""

from regulars.decide import exploring, features, filling, kernels, trees


def warm() -> None:
    """Compile every kernel of the request path (or read it from numba's cache)."""
    for room in (kernels, filling, trees, features, exploring):
        room.warm()
