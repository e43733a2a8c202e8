"""What The Reading Table serves and prints: products, articles, labels and the site's own short texts."""

from regulars.demo.content.load import Article, Content, Picture, Place, Product, load
from regulars.demo.content.texts import Texts, texts

__all__ = ["Article", "Content", "Picture", "Place", "Product", "Texts", "load", "texts"]
