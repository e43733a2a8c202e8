"""What is asked of Spark SQL."""

EVENTS = """
select p.root, w.id, w.at, w.place, w.item, w.verb
from written w join people p on p.person = w.person left anti join unlearned u on u.id = w.id
where not p.refused"""
"""What may be learned from, by the person it belongs to now."""

UNWEIGHED = """
select i, j, sum(cast(weight as double)) as c
from (
    select w.weight, h.items, a.q, a.i
    from histories h join weight w on w.len = size(h.items) lateral view posexplode(h.items) a as q, i
) lateral view posexplode(items) b as t, j
where t <> q group by i, j"""
"""Pairs where order does not matter: C[i, j] = Σ of the weights of who has both."""

PAIRS = """
select i, j, sum(cast({strength} * d.way as double)) as c
from (
    select weight, i, q, j, t, s, strength[t] as z
    from (
        select w.weight, h.items, h.strength, a.q, a.i, h.strength[a.q] as s
        from histories h join weight w on w.len = size(h.items) lateral view posexplode(h.items) a as q, i
    ) lateral view posexplode(items) b as t, j
    where t <> q
) e join way d on d.distance = e.t - e.q
group by i, j"""
"""Pairs where distance counts, or what was done with each: C[i, j] = Σ weight · s · z · what the distance counts."""

BEST = """
select i, j, value from (
    select i, j, value, row_number() over (partition by i order by value desc, j) as place from (
        select c.i, c.j, cast(c.c * {share} as float) * (r.row * k.column) as value
        from ({pairs}) c join factor r on r.item = c.i join factor k on k.item = c.j
    )
) where place <= {keep} and i <> j and value > 0"""
"""The best of each row: higher value first, lower item id among equals, as on one machine."""
