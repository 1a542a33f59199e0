"""Python's gql with the WebSocket transport that comes with it, as its own pages use it: nothing is set but the address and the token."""

import asyncio
import os

from gql import Client, gql
from gql.transport.exceptions import TransportClosed, TransportConnectionFailed, TransportQueryError, TransportServerError
from gql.transport.websockets import WebsocketsTransport

ADDRESS = os.environ["TF_URL"].replace("http://", "ws://") + "/graphql"
BEARER = "Bearer " + os.environ["TF_POLICE"]
ROLE = gql("{ viewer { role } }")
CHANGED = gql("subscription { markerChanged { kind markerId } }")


async def served(**given):
    """Asks, subscribes and asks again on one connection."""
    async with Client(transport=WebsocketsTransport(url=ADDRESS, **given)) as session:
        assert session.client.transport.subprotocol == "graphql-transport-ws", session.client.transport.subprotocol
        assert await session.execute(ROLE) == {"viewer": {"role": "MARKER_LOOKUP"}}
        async for event in session.subscribe(CHANGED):
            assert event["markerChanged"]["kind"] == "SET", event
            break
        try:
            await session.execute(gql("{ viewer { nothing } }"))
            raise AssertionError("it has no such field")
        except TransportQueryError as error:
            assert error.errors[0]["extensions"]["code"] == "BAD_USER_INPUT", error.errors
        assert await session.execute(ROLE) == {"viewer": {"role": "MARKER_LOOKUP"}}


async def refused(**given):
    """What a client is told whose token is not good."""
    try:
        async with Client(transport=WebsocketsTransport(url=ADDRESS, **given)) as session:
            await session.execute(ROLE)
    except (TransportClosed, TransportConnectionFailed, TransportServerError) as error:
        return f"{error} {error.__cause__}"
    raise AssertionError("nobody was let in")


async def main():
    for given in [
        {"headers": {"Authorization": BEARER}},
        {"init_payload": {"Authorization": BEARER}},
        {"init_payload": {"authorization": BEARER, "purpose": "safeguarding"}, "ping_interval": 1, "keep_alive_timeout": 20},
    ]:
        await served(**given)
    for payload in [{}, {"authorization": "Bearer nonsense"}, {"authorization": 1}, {"authorization": {"token": BEARER}}]:
        assert "4403" in await refused(init_payload=payload), payload
    assert "401" in await refused(headers={"Authorization": "Bearer nonsense"})
    print("subscribed")


asyncio.run(main())
