"""What is asked of Spark SQL."""

EVENTS = """
select p.root, w.id, w.at, w.place, w.item, w.verb
from written w join people p on p.person = w.person left anti join unlearned u on u.id = w.id
where not p.refused"""
"""What may be learned from, by the person it belongs to now."""

BEST = """
select i, j, value from (
    select i, j, value, row_number() over (partition by i order by value desc, j) as place from (
        select c.i, c.j, cast(c.c * {share} as float) * (r.row * k.column) as value
        from (select i, j, sum(c) as c from sums group by i, j) c
        join factor r on r.item = c.i join factor k on k.item = c.j
    )
) where place <= {keep} and i <> j and value > 0"""
"""What each part of the people says of a pair, together; of each row the best: higher value first, lower item id among
equals, as on one machine."""
