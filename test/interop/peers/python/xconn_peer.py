"""xconn for Python, on asyncio."""

import asyncio

from suite import Absent, Failure, main, secret_of, task
from wampproto import auth, serializers
from xconn.async_client import AsyncClient
from xconn.exception import ApplicationError
from xconn.types import Result


def of_ours(**options):
    return {key: value for key, value in options.items() if value is not None}


class Session:
    def __init__(self, session):
        self.session = session
        details = session._base_session.session_details
        self.id, self.authid = details.session_id, details.authid

    async def call(self, procedure, args, kwargs, on_progress=None, timeout_ms=None, disclose=None, cancel_when=None):
        if on_progress or cancel_when:
            raise Absent("it has no such option")
        try:
            result = await self.session.call(procedure, args, kwargs, of_ours(timeout=timeout_ms, disclose_me=disclose))
        except ApplicationError as error:
            raise Failure(error.message, getattr(error, "args", []), getattr(error, "kwargs", {}))
        return list(result.args or []), dict(result.kwargs or {})

    async def register(self, procedure, handler, match=None, invoke=None):
        async def endpoint(invocation):
            details = invocation.details or {}
            told = {"caller": details.get("caller"), "procedure": details.get("procedure")}
            try:
                args, kwargs = await handler(list(invocation.args or []), dict(invocation.kwargs or {}), told)
            except Failure as failure:
                error = ApplicationError(failure.uri, *failure.arguments)
                error.kwargs = failure.kwargs
                raise error
            return Result(args, kwargs)

        return await self.session.register(procedure, endpoint, of_ours(match=match, invoke=invoke))

    async def subscribe(self, topic, handler, match=None):
        async def hear(event):
            details = event.details or {}
            told = {"topic": details.get("topic"), "publisher": details.get("publisher")}
            handler(list(event.args or []), dict(event.kwargs or {}), told)

        return await self.session.subscribe(topic, hear, of_ours(match=match))

    async def publish(self, topic, args, kwargs, disclose=None, **options):
        await self.session.publish(topic, args, kwargs, of_ours(acknowledge=True, disclose_me=disclose, **options))

    async def leave(self):
        await self.session.leave()


async def connect(login=None, is_wrong=False):
    authenticator = auth.AnonymousAuthenticator("")
    if login:
        authid, secret = secret_of(login, is_wrong)
        kinds = {"ticket": auth.TicketAuthenticator, "cryptosign": auth.CryptoSignAuthenticator}
        authenticator = kinds.get(login, auth.WAMPCRAAuthenticator)(authid, secret)
    kinds = {"json": serializers.JSONSerializer, "msgpack": serializers.MsgPackSerializer, "cbor": serializers.CBORSerializer}
    client = AsyncClient(authenticator=authenticator, serializer=kinds[task["serializer"]]())
    return Session(await client.connect(task["url"], task["realm"]))


asyncio.run(main(connect))
