"""PostgreSQL: one transaction at a time, migrations, the bundled server, version counters.

A room's verb takes a `Db` (an open transaction), never commits it, and writes its SQL in its own `store.py`.
"""

from regulars.store import jobs
from regulars.store.asking import ask
from regulars.store.bundled import bundled_url
from regulars.store.database import Database, Db, driver
from regulars.store.migrate import migrate
from regulars.store.questions import Question, Questions
from regulars.store.versions import bump

__all__ = ["Database", "Db", "Question", "Questions", "ask", "bump", "bundled_url", "driver", "jobs", "migrate"]
