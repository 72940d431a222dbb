"""Autobahn|Python, on asyncio."""

import asyncio

from autobahn.asyncio.component import Component
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions, SubscribeOptions
from suite import Absent, Failure, main, secret_of, task


def component(login=None, is_wrong=False, **retries):
    host, port = task["url"].split("//")[1].split("/")[0].split(":")
    endpoint = {"type": "tcp", "host": host, "port": int(port)}
    transport = {"type": task["transport"], "url": task["url"], "endpoint": endpoint, **retries}
    serializer = task["serializer"]
    transport |= {"serializer": serializer} if task["transport"] == "rawsocket" else {"serializers": [serializer]}
    authentication = None
    if login:
        authid, secret = secret_of(login, is_wrong)
        name = {"ticket": "ticket", "cryptosign": "privkey", "scram": "password"}.get(login.split(" ")[0], "secret")
        method = {"authid": authid, name: secret}
        if login.startswith("scram"):
            kdf = "argon2id-13" if login.endswith("argon2id") else "pbkdf2"
            method |= {"nonce": "c2l4dGVlbiBieXRlcyEh", "kdf": kdf, "salt": "", "iterations": 4096, "memory": 0}
        authentication = {login.split(" ")[0]: method}
    return Component(transports=[transport], realm=task["realm"], authentication=authentication)


def known(**options):
    return {key: value for key, value in options.items() if value is not None}


class Session:
    def __init__(self, session, details):
        self.session, self.id, self.authid = session, details.session, details.authid

    async def call(self, procedure, args, kwargs, on_progress=None, timeout_ms=None, disclose=None, cancel_when=None):
        def progress(*args, **kwargs):
            on_progress(list(args))

        if disclose:
            raise Absent("its calls have no disclose_me")
        # With details, progress without keywords is not handed out.
        options = CallOptions(**known(on_progress=progress if on_progress else None, timeout=timeout_ms, details=None if on_progress else True))
        future = self.session.call(procedure, *args, **kwargs, options=options)
        if cancel_when:
            await cancel_when.wait()
            future.cancel()
        try:
            result = await future
        except ApplicationError as error:
            raise Failure(error.error, error.args, error.kwargs)
        except asyncio.CancelledError:
            raise Failure("wamp.error.canceled")  # it says so by itself
        if not isinstance(result, CallResult):
            return [result], {}
        return list(result.results or []), dict(result.kwresults or {})

    async def register(self, procedure, handler, match=None, invoke=None):
        async def endpoint(*args, details=None, **kwargs):
            told = {"caller": details.caller, "procedure": details.procedure, "progress": lambda args: details.progress(*args)}
            try:
                args, kwargs = await handler(list(args), kwargs, told)
            except Failure as failure:
                raise ApplicationError(failure.uri, *failure.arguments, **failure.kwargs)
            return CallResult(*args, **kwargs)

        return await self.session.register(endpoint, procedure, RegisterOptions(details=True, **known(match=match, invoke=invoke)))

    async def subscribe(self, topic, handler, match=None):
        def hear(*args, details=None, **kwargs):
            handler(list(args), kwargs, {"topic": details.topic, "publisher": details.publisher})

        return await self.session.subscribe(hear, topic, SubscribeOptions(details=True, **known(match=match)))

    async def publish(self, topic, args, kwargs, disclose=None, **options):
        if disclose:
            raise Absent("its publications have no disclose_me")
        options = PublishOptions(acknowledge=True, **options)
        await self.session.publish(topic, *args, **kwargs, options=options)

    async def leave(self):
        self.session.leave()
        await asyncio.sleep(0.05)


async def connect(login=None, is_wrong=False):
    one = component(login, is_wrong, max_retries=0)
    joined = asyncio.get_running_loop().create_future()

    def settle(method, value):
        if not joined.done():
            method(value)

    one.on("join", lambda session, details: settle(joined.set_result, Session(session, details)))
    one.on("leave", lambda session, details: settle(joined.set_exception, RuntimeError(f"{details.reason} {details.message}")))
    one.on("connectfailure", lambda _, error: settle(joined.set_exception, RuntimeError(str(error))))
    end = one.start(loop=asyncio.get_running_loop())
    end.add_done_callback(lambda future: settle(joined.set_exception, future.exception() or RuntimeError("it ended")))
    return await joined


async def restart(procedure, is_ready):
    one = component(max_retries=-1, initial_retry_delay=0.2)
    back = asyncio.get_running_loop().create_future()
    times = 0

    async def joined(session, details):
        nonlocal times
        await session.register(lambda: "back", procedure)
        times += 1
        if times == 1:
            is_ready()
        else:
            back.set_result(await session.call(procedure))

    one.on("join", joined)
    one.start(loop=asyncio.get_running_loop())
    return await back


asyncio.run(main(connect, restart))
