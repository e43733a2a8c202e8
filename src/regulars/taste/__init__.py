"""The personalisation model: learn, score, explain, compare.

A sparse matrix from item to item, learned from everybody's histories; a person is just their own history times
that matrix, so an event of the last second counts, every score splits exactly into "because you …", and
forgetting an event is exact. The room knows arrays, not the database.
"""

from regulars.people.model import Log, Marks
from regulars.taste.because import because, because_all
from regulars.taste.because_items import Grounds, because_items
from regulars.taste.buyagain import Habit, habit
from regulars.taste.by_part import by_part, by_part_of
from regulars.taste.content import content_of, no_content
from regulars.taste.extending import extend
from regulars.taste.files import load, save
from regulars.taste.guessing import Guessable, Priors
from regulars.taste.infer import infer
from regulars.taste.learn import learn
from regulars.taste.model import (
    PLACES,
    Blend,
    Content,
    Fade,
    Model,
    Popularity,
    Ranked,
    Report,
    Share,
)
from regulars.taste.neighbours import Tie, comes_from, leads_to
from regulars.taste.page import PAGE, on_page, read_on_page
from regulars.taste.popular import popular, popular_now
from regulars.taste.priors import learn_priors
from regulars.taste.rank import rank
from regulars.taste.reading import Reading, read
from regulars.taste.similar import similar, similarity
from regulars.taste.warming import warm

__all__ = [
    "PAGE",
    "PLACES",
    "Blend",
    "Content",
    "Fade",
    "Grounds",
    "Guessable",
    "Habit",
    "Log",
    "Marks",
    "Model",
    "Popularity",
    "Priors",
    "Ranked",
    "Reading",
    "Report",
    "Share",
    "Tie",
    "because",
    "because_all",
    "because_items",
    "by_part",
    "by_part_of",
    "comes_from",
    "content_of",
    "extend",
    "habit",
    "infer",
    "leads_to",
    "learn",
    "learn_priors",
    "load",
    "no_content",
    "on_page",
    "popular",
    "popular_now",
    "rank",
    "read",
    "read_on_page",
    "save",
    "similar",
    "similarity",
    "warm",
]
