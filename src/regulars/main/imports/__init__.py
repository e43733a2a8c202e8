"""Importing what a company has: events, its catalogue, its people; what happens to each row is told."""

from regulars.main.imports.events import import_events
from regulars.main.imports.items import import_items
from regulars.main.imports.layout import Layout, choose_layout
from regulars.main.imports.people import import_people
from regulars.main.imports.report import Counts, Report

__all__ = ["Counts", "Layout", "Report", "choose_layout", "import_events", "import_items", "import_people"]
