"""Pictures of food drawn by code: a shape, colours from what is inside, and a hand that wobbles a little."""

from regulars.demo.pictures.draw import SHAPES, draw

__all__ = ["SHAPES", "draw"]
