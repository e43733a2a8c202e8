"""The interactions of everybody, by binary COPY."""

from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from regulars.store import Db, driver

COPY: LiteralString = """
copy (
    select e.id, p.root_id, e.at, unnest(e.items), e.verb
    from events e join persons p on p.id = e.person_id
    where e.verb is not null and e.learn and not exists (
        select from (
            select distinct on (said.root_id) said.root_id, c.granted
            from consents c
            join persons said on said.id = c.person_id
            left join merges m on m.id = c.merge_id
            left join persons other on other.id = c.said_by
            where c.purpose = 'personalisation'
              and (c.merge_id is null or (m.undone_at is null and other.root_id = said.root_id))
            order by said.root_id, c.at desc, c.id desc) word
        where word.root_id = p.root_id and not word.granted)
) to stdout (format binary)"""

HEADER = 19
TRAILER = 2
ROW = np.dtype([
    ("fields", ">i2"),
    ("id_length", ">i4"), ("id", ">i8"),
    ("root_length", ">i4"), ("root", ">i8"),
    ("at_length", ">i4"), ("at", ">i8"),
    ("item_length", ">i4"), ("item", ">i4"),
    ("verb_length", ">i4"), ("verb", ">i2"),
])  # fmt: skip
"""One row of the stream: no column is ever null, so all rows have one width. `at` is microseconds since 2000."""


def read(db: Db) -> NDArray[np.void]:
    """The stream as one array of ROW."""
    with driver(db).cursor().copy(COPY) as pipe:
        stream = b"".join(pipe)
    return np.frombuffer(stream, ROW, count=(len(stream) - HEADER - TRAILER) // ROW.itemsize, offset=HEADER)
