"""The routes of chat: the visitors' socket and their files."""

from collections.abc import Sequence

from litestar import Litestar, WebSocket, websocket
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from regulars.web.chat import files
from regulars.web.chat.hub import Hub
from regulars.web.chat.session import Session
from regulars.web.edge import Edge

HUB = "chat_hub"


@websocket("/v1/chat")
async def chat_socket(socket: WebSocket[object, object, State]) -> None:
    """A visitor's chat; the frames are in `frames`, the whole in docs/http-api.md."""
    await Session(hub_of(socket.app.state), socket).run()


def hub_of(state: State) -> Hub:
    """What all sockets of this process share."""
    hub: Hub | None = state.get(HUB)
    if hub is None:
        edge: Edge = state.edge
        hub = Hub(edge)
        state[HUB] = hub
    return hub


async def close_hub(app: Litestar) -> None:
    """The server stops."""
    hub: Hub | None = app.state.get(HUB)
    if hub is not None:
        await hub.close()


def routes() -> Sequence[ControllerRouterHandler]:
    """All of them."""
    return [chat_socket, *files.routes()]
