"""The company's side: agents and their sign-in, API keys, the secrets that sign tokens, the audit log."""

from regulars.team.agents import agents, change_password, create_agent, disable_agent
from regulars.team.audit import AuditLine, audit, audit_lines
from regulars.team.keys import create_key, key_of, keys, revoke_key
from regulars.team.model import Agent, AgentId, ApiKey, KeyKind, NewAgent, NewKey, Role, SignedIn
from regulars.team.sessions import SESSION_LASTS, agent_of, end_session, sign_in
from regulars.team.tokens import me_of, me_token, person_token, rotate_secret, secret, user_of

__all__ = [
    "SESSION_LASTS",
    "Agent",
    "AgentId",
    "ApiKey",
    "AuditLine",
    "KeyKind",
    "NewAgent",
    "NewKey",
    "Role",
    "SignedIn",
    "agent_of",
    "agents",
    "audit",
    "audit_lines",
    "change_password",
    "create_agent",
    "create_key",
    "disable_agent",
    "end_session",
    "key_of",
    "keys",
    "me_of",
    "me_token",
    "person_token",
    "revoke_key",
    "rotate_secret",
    "secret",
    "sign_in",
    "user_of",
]
