"""Persons: who they are, what they did, what they chose, what we guess, what they allow.

A person is one or more *nodes* joined by merges; everything written goes to a node, everything read is put together
over all nodes of the *root*. Parting a merge therefore gives both sides back exactly.
"""

from regulars.people.consents import allowed, consent, consent_all, consents
from regulars.people.facets import changes, clear, deny, facets, state, undo, use
from regulars.people.finding import Found, Tally, search, tally
from regulars.people.guesses import newest_context, save_guesses, stated
from regulars.people.history import events, learn_from
from regulars.people.identify import alias, email_of, identify, identify_all
from regulars.people.identities import find, find_user, identities, known, nodes, present, resolve, root
from regulars.people.joins import join, merges, unjoin
from regulars.people.lake import Exported, every, export_lake, exported, lake_log
from regulars.people.log import logs
from regulars.people.model import (
    AliasCall,
    Consent,
    Event,
    EventType,
    Evidence,
    Facet,
    FactChange,
    Guess,
    History,
    IdentifyCall,
    Identity,
    IdentityKind,
    Log,
    Marks,
    Merged,
    MergeRecord,
    PersonErased,
    Profile,
    Purpose,
    Recorded,
    SeenEvent,
    Verb,
)
from regulars.people.policy import whose
from regulars.people.privacy import erase, export
from regulars.people.profile import answered, asking, profile, profile_of
from regulars.people.record import Hasty, record, recorded
from regulars.people.traits import save_traits, set_traits

__all__ = [
    "AliasCall",
    "Consent",
    "Event",
    "EventType",
    "Evidence",
    "Exported",
    "Facet",
    "FactChange",
    "Found",
    "Guess",
    "Hasty",
    "History",
    "IdentifyCall",
    "Identity",
    "IdentityKind",
    "Log",
    "Marks",
    "MergeRecord",
    "Merged",
    "PersonErased",
    "Profile",
    "Purpose",
    "Recorded",
    "SeenEvent",
    "Tally",
    "Verb",
    "alias",
    "allowed",
    "answered",
    "asking",
    "changes",
    "clear",
    "consent",
    "consent_all",
    "consents",
    "deny",
    "email_of",
    "erase",
    "events",
    "every",
    "export",
    "export_lake",
    "exported",
    "facets",
    "find",
    "find_user",
    "identify",
    "identify_all",
    "identities",
    "join",
    "known",
    "lake_log",
    "learn_from",
    "logs",
    "merges",
    "newest_context",
    "nodes",
    "present",
    "profile",
    "profile_of",
    "record",
    "recorded",
    "resolve",
    "root",
    "save_guesses",
    "save_traits",
    "search",
    "set_traits",
    "state",
    "stated",
    "tally",
    "undo",
    "unjoin",
    "use",
    "whose",
]
