"""Who comes to The Reading Table: made-up people whose diets, tastes and habits are known, because we made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from regulars.kit.json import Json

DIETS = ("", "vegetarian", "vegan", "pescatarian", "halal", "gluten_free")
DIET_SHARES = (0.60, 0.14, 0.09, 0.06, 0.07, 0.04)
STATES_DIET = 0.5
"""Of the people with a diet, how many say so. With the shares above: one in five of all."""


@dataclass(frozen=True)
class City:
    """Where there is a Reading Table, and who lives there."""

    name: str
    region: str
    country: str
    timezone: str
    share: float
    languages: Mapping[str, float]


_NL: Mapping[str, float] = {"nl": 0.84, "en": 0.12, "es": 0.04}
_ES: Mapping[str, float] = {"es": 0.88, "en": 0.10, "nl": 0.02}
_UK: Mapping[str, float] = {"en": 0.95, "es": 0.04, "nl": 0.01}

CITIES = (
    City("Utrecht", "Utrecht", "NL", "Europe/Amsterdam", 0.20, _NL),
    City("Amsterdam", "Noord-Holland", "NL", "Europe/Amsterdam", 0.16, _NL),
    City("Rotterdam", "Zuid-Holland", "NL", "Europe/Amsterdam", 0.12, _NL),
    City("Madrid", "Madrid", "ES", "Europe/Madrid", 0.14, _ES),
    City("Sevilla", "Andalucía", "ES", "Europe/Madrid", 0.10, _ES),
    City("Barcelona", "Cataluña", "ES", "Europe/Madrid", 0.10, _ES),
    City("London", "England", "GB", "Europe/London", 0.11, _UK),
    City("Bristol", "England", "GB", "Europe/London", 0.07, _UK),
)

NAMES: Mapping[str, tuple[str, ...]] = {
    "nl": ("Noor", "Daan", "Sanne", "Joris", "Femke", "Bas", "Lotte", "Tijn", "Maud", "Ruben", "Yara", "Sem"),
    "es": ("Lucía", "Mateo", "Carmen", "Hugo", "Elena", "Pablo", "Inés", "Álvaro", "Nuria", "Diego", "Sol", "Iker"),
    "en": ("Alice", "Tom", "Priya", "Jack", "Ruth", "Kofi", "Grace", "Ewan", "Maisie", "Leo", "Zadie", "Finn"),
}


FAMILIES: Mapping[str, frozenset[str]] = {
    name: frozenset(inside.split())
    for name, inside in {
        "meat": "ham serrano pastrami roast_beef chorizo bacon chicken turkey lamb_kofta beef_meatballs pulled_pork "
        "smoked_sausage gherkin honey_mustard bbq_sauce horseradish_cream",
        "fish": "tuna smoked_salmon mackerel trout herring cod anchovies boquerones fried_hake capers dill aioli",
        "cheese": "gouda young_gouda cheddar brie mozzarella halloumi goat_cheese blue_cheese sheep_cheese feta "
        "cream_cheese fig_jam walnuts",
        "levant": "falafel hummus tahini harissa chickpeas dukkah couscous bulgur pomegranate red_lentils parsley "
        "cumin",
        "asian": "tofu tempeh tamari edamame kimchi teriyaki satay_sauce buckwheat_noodles sesame_oil coriander "
        "spring_onion coconut_milk rice",
        "garden": "avocado spinach quinoa beetroot sweet_potato kale sprouts pumpkin_seeds pumpkin carrot cauliflower "
        "green_lentils",
        "sunny": "tomato basil pesto olive_oil focaccia ciabatta roast_pepper sun_dried_tomato rocket egg",
    }.items()
}
"""Kitchens people love: what is in them goes together in what they order."""

CUPS: Mapping[str, frozenset[str]] = {
    name: frozenset(inside.split())
    for name, inside in {
        "coffee": "espresso filter_coffee cold_brew_coffee milk condensed_milk decaf_espresso",
        "oat and cocoa": "oat_drink soy_drink almond_drink cocoa dark_chocolate matcha vanilla",
        "tea": "black_tea green_tea rooibos mint chamomile ginger cardamom honey",
        "fruit": "orange apple carrot beetroot strawberries banana mango lime elderflower",
        "fizz": "sparkling_water cola_syrup kombucha_base alcohol_free_beer hibiscus lemon",
    }.items()
}
"""What people drink."""

ABOUT: Mapping[str, str] = {
    "fish": "fish",
    "cheese": "cheese",
    "levant": "vegan_cooking",
    "garden": "gardening",
    "sunny": "bread",
    "coffee": "coffee",
    "tea": "tea",
}
"""What one reads about what one loves."""

MEATLESS = ("levant", "asian", "garden", "sunny")
KITCHENS_OF: Mapping[str, tuple[str, ...]] = {
    "vegan": ("levant", "asian", "garden"),
    "vegetarian": ("cheese", *MEATLESS),
    "pescatarian": ("fish", "fish", "cheese", *MEATLESS),
}
"""The kitchens somebody with this diet chooses among; everybody else: all of them."""


@dataclass(frozen=True)
class Person:
    """One made-up person: the truth about them, and what they told us of it.

    known_from     the visit (counted from 0) at which they signed in; before it only `anonymous_id` is known;
                   -1 = never
    locale         what their browser says, which is not always their language
    kitchens       the one they love, and the one they like
    states         facet → value, what they chose on their page: facts
    personalise    False: they refused personalisation
    """

    index: int
    user_id: str
    anonymous_id: str
    name: str
    city: City
    language: str
    locale: str
    device: str
    diet: str
    allergens: tuple[str, ...]
    topics: tuple[str, ...]
    kitchens: tuple[str, str]
    cup: str
    loved: tuple[str, ...]
    price_sensitivity: float
    visits_a_month: float
    known_from: int
    joined_days_ago: float
    states: Mapping[str, Json]
    personalise: bool = True

    @property
    def traits(self) -> Mapping[str, Json]:
        """What the company knows from the sign-up form."""
        return {"name": self.name, "email": f"{self.user_id}@example.com"} if self.known_from >= 0 else {}

    def context(self, at: datetime, travels: bool) -> Mapping[str, Json]:
        """The context a browser sends: locale, time zone, device, and the place its address points to."""
        away = CITIES[(self.index + at.toordinal()) % len(CITIES)]
        city = away if travels else self.city
        return {
            "locale": self.locale,
            "timezone": city.timezone,
            "device": {"type": self.device},
            "location": {"city": city.name, "region": city.region, "country": city.country},
        }


@dataclass(frozen=True)
class Likes:
    """What there is to like: ingredients one can love, topics one can read, allergens one can fear."""

    ingredients: tuple[str, ...]
    topics: tuple[str, ...]
    allergens: tuple[str, ...]


def populate(count: int, likes: Likes, rng: np.random.Generator) -> list[Person]:
    """`count` people, the same for the same generator."""
    cities = rng.choice(len(CITIES), count, p=_shares([c.share for c in CITIES]))
    diets = rng.choice(len(DIETS), count, p=DIET_SHARES)
    rhythm = np.clip(rng.lognormal(0.9, 0.75, count), 0.2, 16)
    return [
        _person(i, likes, rng, city=CITIES[cities[i]], diet=DIETS[diets[i]], rhythm=float(rhythm[i]))
        for i in range(count)
    ]


def _person(index: int, likes: Likes, rng: np.random.Generator, *, city: City, diet: str, rhythm: float) -> Person:
    language = str(rng.choice(list(city.languages), p=_shares(list(city.languages.values()))))
    name = str(rng.choice(NAMES[language]))
    allergens = _some(likes.allergens, 1, rng) if rng.random() < 0.08 else ()
    known = rng.random()
    among = KITCHENS_OF.get(diet, tuple(FAMILIES))
    first, second = (str(rng.choice(among)) for _ in range(2))
    cup = str(rng.choice(list(CUPS)))
    own = tuple(ABOUT[x] for x in (first, cup) if x in ABOUT and ABOUT[x] in likes.topics and rng.random() < 0.5)
    topics = tuple(dict.fromkeys([*own, *_some(likes.topics, 3, rng)]))[: int(rng.integers(2, 4))]
    return Person(
        index=index,
        user_id=f"{_ascii(name)}.{index}",
        anonymous_id=f"visitor-{index:05d}",
        name=name,
        city=city,
        language=language,
        locale="en-US" if rng.random() < 0.10 else f"{language}-{city.country}",
        device="mobile" if rng.random() < 0.64 else "desktop",
        diet=diet,
        allergens=allergens,
        topics=topics,
        kitchens=(first, second),
        cup=cup,
        loved=_some(likes.ingredients, 4, rng),
        price_sensitivity=float(rng.gamma(1.6, 0.5)),
        visits_a_month=rhythm,
        known_from=-1 if known < 0.12 else int(rng.integers(1, 5)) if known < 0.30 else 0,
        joined_days_ago=float(rng.uniform(10, 180)),
        states=_states(rng, diet=diet, allergens=allergens, topics=topics, language=language),
        personalise=bool(rng.random() > 0.05),
    )


def _states(
    rng: np.random.Generator, *, diet: str, allergens: tuple[str, ...], topics: tuple[str, ...], language: str
) -> Mapping[str, Json]:
    says = rng.random(4)
    states: dict[str, Json] = {}
    if diet and says[0] < STATES_DIET:
        states["diet"] = [diet]
    if allergens and says[1] < 0.6:
        states["allergens"] = list(allergens)
    if says[2] < 0.12:
        states["topics"] = list(topics)
    if says[3] < 0.08:
        states["language"] = language
    return states


def _some(of: tuple[str, ...], most: int, rng: np.random.Generator) -> tuple[str, ...]:
    if not of:
        return ()
    return tuple(str(x) for x in rng.choice(of, min(most, len(of)), replace=False))


def _shares(weights: list[float]) -> NDArray[np.float64]:
    array = np.array(weights)
    return np.asarray(array / array.sum())


def _ascii(name: str) -> str:
    return name.lower().translate(str.maketrans("áéíóú", "aeiou"))
