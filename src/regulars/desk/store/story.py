"""Everything beside a conversation in one round trip: what the customer did, bought, was sent and asked before."""

import msgspec
import sqlalchemy as sa

from regulars.desk.model import Actor
from regulars.desk.store.visible import VISIBLE, looks
from regulars.kit.ids import PersonId
from regulars.store import Db

PAGE_TYPES = "(2, 3)"  # page and screen
BOUGHT = 6

# events are found through their index (person, newest first); `verb` stands in it, so orders cost no look at the rows
STORY = f"""
with ns as materialized (
    select id, created_at from persons where root_id = (select root_id from persons where id = :person)),
recent as materialized (
    select e.* from ns, lateral (
        select at, name, type, properties from events where person_id = ns.id order by at desc, id desc limit 200) e),
pages as (select at, name, properties from recent where type in {PAGE_TYPES} order by at desc limit 8),
surveys as (
    select at, name, properties from recent where type not in {PAGE_TYPES} and name like 'Survey %'
    order by at desc limit 5),
orders as (
    select e.at, e.properties from ns, lateral (
        select at, properties from events where person_id = ns.id and verb = {BOUGHT}
        order by at desc, id desc limit 10) e
    order by e.at desc limit 10),
seen as (
    select e.at from ns, lateral (
        select at from events where person_id = ns.id order by at desc, id desc limit 1) e
    order by e.at desc limit 1),
first as (
    select e.at from ns, lateral (
        select at from events where person_id = ns.id order by at, id limit 1) e
    order by e.at limit 1),
sent as (
    select l.id, l.channel, l.purpose, l.state, l.created_at from ledger l
    where l.person_id in (select id from ns) order by l.created_at desc limit 10),
talks as (
    select c.* from conversations c where c.merged_into is null and c.id in (
        select id from conversations where person_id in (select id from ns)
        union select conversation_id from conversation_people where person_id in (select id from ns))),
shown as (
    select c.id, c.number, c.subject, c.status, c.last_channel, c.created_at, c.last_at, c.messages
    from talks c where {VISIBLE} order by c.last_at desc limit 20)
select json_build_object(
    'since', least((select min(created_at) from ns), (select at from first)),
    'last_seen', (select at from seen),
    'pages', (select coalesce(json_agg(json_build_object('at', at, 'name', name, 'properties', properties)
        order by at desc), '[]') from pages),
    'surveys', (select coalesce(json_agg(json_build_object('at', at, 'name', name, 'properties', properties)
        order by at desc), '[]') from surveys),
    'orders', (select coalesce(json_agg(json_build_object('at', at, 'properties', properties)
        order by at desc), '[]') from orders),
    'sent', (select coalesce(json_agg(json_build_object('channel', channel, 'purpose', purpose, 'state', state,
        'at', created_at) order by created_at desc), '[]') from sent),
    'talks', (select coalesce(json_agg(json_build_object('id', id, 'number', number, 'subject', subject,
        'status', status, 'channel', last_channel, 'began', created_at, 'last', last_at, 'messages', messages)
        order by last_at desc), '[]') from shown),
    'hidden', (select count(*) from talks) - (select count(*) from talks c where {VISIBLE}))::text"""  # noqa: S608


def story(db: Db, person: PersonId, by: Actor) -> dict[str, object]:
    """What STORY says, as JSON has it."""
    text = db.execute(sa.text(STORY), {"person": person} | looks(by)).scalar_one()
    found: dict[str, object] = msgspec.json.decode(text)
    return found
