"""Live chat: who may read which chat, when it is open, the queue, who is on the site, invitations."""

from regulars.desk.chat.entering import Entry, device_of, enter, ticket_of, visitor_of
from regulars.desk.chat.hours import is_open, opens_next
from regulars.desk.chat.inviting import (
    answer,
    before,
    delete_rule,
    invitation,
    invite,
    invite_by_rule,
    rule_that_fits,
    rules,
    save_rule,
    topic_of,
)
from regulars.desk.chat.model import (
    ChatSettings,
    File,
    Hall,
    Invitation,
    InvitationAnswer,
    InvitationId,
    InvitationRule,
    Kept,
    Place,
    RuleId,
    Said,
    Standing,
    Ticket,
    Visitor,
    VisitorId,
)
from regulars.desk.chat.posting import Post, post
from regulars.desk.chat.reading import MOST_SHOWN, key_of, messages, thread, visible
from regulars.desk.chat.settings import STANDING, save_settings, settings
from regulars.desk.chat.standing import standing
from regulars.desk.chat.store import file
from regulars.desk.chat.visitors import GONE_AFTER, SEEN_EVERY, VISITORS, save_visitors, visitor, visitors
from regulars.desk.chat.words import VISITOR_WORDS

__all__ = [
    "GONE_AFTER",
    "MOST_SHOWN",
    "SEEN_EVERY",
    "STANDING",
    "VISITORS",
    "VISITOR_WORDS",
    "ChatSettings",
    "Entry",
    "File",
    "Hall",
    "Invitation",
    "InvitationAnswer",
    "InvitationId",
    "InvitationRule",
    "Kept",
    "Place",
    "Post",
    "RuleId",
    "Said",
    "Standing",
    "Ticket",
    "Visitor",
    "VisitorId",
    "answer",
    "before",
    "delete_rule",
    "device_of",
    "enter",
    "file",
    "invitation",
    "invite",
    "invite_by_rule",
    "is_open",
    "key_of",
    "messages",
    "opens_next",
    "post",
    "rule_that_fits",
    "rules",
    "save_rule",
    "save_settings",
    "save_visitors",
    "settings",
    "standing",
    "thread",
    "ticket_of",
    "topic_of",
    "visible",
    "visitor",
    "visitor_of",
    "visitors",
]
