"""What The Reading Table serves and prints: products, articles, labels, its desk, and the site's own short texts."""

from regulars.demo.content.desk import Answer, DeskContent, HelpPage, Line, Scenario, load_desk
from regulars.demo.content.load import Article, Content, Picture, Place, Product, load
from regulars.demo.content.texts import Texts, texts

__all__ = [
    "Answer",
    "Article",
    "Content",
    "DeskContent",
    "HelpPage",
    "Line",
    "Picture",
    "Place",
    "Product",
    "Scenario",
    "Texts",
    "load",
    "load_desk",
    "texts",
]
