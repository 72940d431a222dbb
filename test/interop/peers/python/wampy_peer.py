"""
wampy for Python, on gevent. It makes procedures and subscriptions of the methods of a class; here they are added to a session by the functions that do so.
A procedure gives back one value, so several are given as a list; publications bear keyword arguments only and are not acknowledged.
"""

import logging
import os

import wampy  # patches the standard library, so it comes first
from wampy.messages import Error
from wampy.peers.clients import Client

import asyncio  # noqa: E402
import gevent  # noqa: E402
from suite import Absent, Failure, main, secret_of, task  # noqa: E402

logging.disable(logging.CRITICAL)


async def in_turn(function, *args, **kwargs):
    """What waits in gevent, awaited."""
    greenlet = gevent.spawn(function, *args, **kwargs)
    while not greenlet.ready():
        await asyncio.sleep(0.002)
    return greenlet.get()


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)


class Session:
    def __init__(self, client, authid):
        self.client, self.id, self.authid = client, client.session.id, authid

    async def taken(self):
        """The router has taken what was sent before."""
        await in_turn(self.client.call, "wamp.session.count")

    async def call(self, procedure, args, kwargs, on_progress=None, timeout_ms=None, disclose=None, cancel_when=None):
        if on_progress or timeout_ms or disclose or cancel_when:
            raise Absent("it has no such option")
        value = await in_turn(self.client.call, procedure, *args, **kwargs)
        if isinstance(value, Error):
            raise Failure(value.error, value.args_list, value.kwargs_dict)
        return (value if isinstance(value, list) else [value]), {}

    async def register(self, procedure, handler, match=None, invoke="single"):
        if match:
            raise Absent("it has no such option")
        loop = asyncio.get_running_loop()

        def endpoint(*args, **kwargs):
            answer = asyncio.run_coroutine_threadsafe(handler(list(args), kwargs, {"caller": None}), loop)
            while not answer.done():
                gevent.sleep(0.002)
            results = answer.result()[0]
            return results[0] if len(results) == 1 else list(results)

        setattr(self.client, procedure, endpoint)
        self.client.session._register_procedure(procedure, invoke)
        await until(lambda: procedure in self.client.session.registration_map.values())
        return self

    async def unregister(self):
        raise Absent("it takes no procedure back")

    async def subscribe(self, topic, handler, match=None):
        if match:
            raise Absent("it has no such option")

        def hear(*args, **kwargs):
            meta = kwargs.pop("meta")
            handler(list(args), kwargs, {"topic": meta["topic"], "publisher": None})

        self.client.session._subscribe_to_topic(hear, topic)
        await until(lambda: any(topic == other for _, other in self.client.session.subscription_map.values()))
        return self

    async def unsubscribe(self):
        raise Absent("it does not unsubscribe")

    async def publish(self, topic, args, kwargs, disclose=None, **options):
        if args:
            raise Absent("its publications have no args")
        if disclose:
            options["disclose_me"] = True
        self.client.publish(topic=topic, options=options, **kwargs)
        await self.taken()

    async def leave(self):
        await in_turn(self.client.stop)


async def connect(login=None, is_wrong=False):
    roles = {"roles": {role: {} for role in ("caller", "callee", "publisher", "subscriber")}, "authmethods": ["anonymous"]}
    if login:
        authid, os.environ["WAMPYSECRET"] = secret_of(login, is_wrong)
        roles.update(authid=authid, authmethods=[login])
    client = await in_turn(Client, url=task["url"], realm=task["realm"], roles=roles, call_timeout=3)
    await in_turn(client.start)
    authid = (await in_turn(client.call, "wamp.session.get", client.session.id))["authid"] if login else None
    return Session(client, authid)


asyncio.run(main(connect))
