# A peer of Autobahn|Python: answers, and does what it is asked to. Prints a line when it has joined, and one when it has left.
import json
import sys

from autobahn.asyncio.component import Component, run
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions, SubscribeOptions

transport, authentication = json.loads(sys.argv[1]), json.loads(sys.argv[2])
component = Component(transports=[transport], realm="realm1", authentication=authentication)


def tell(*words):
    print(*words, flush=True)


@component.on_join
async def joined(session, details):
    heard = []

    def count(to, details=None):
        for i in range(1, to):
            details.progress(i)
        return to

    def fail():
        raise ApplicationError("com.python.failed", "why", code=7)

    async def call(procedure, args, kwargs):
        progress = []
        try:
            result = await session.call(procedure, *args, **kwargs, options=CallOptions(on_progress=progress.append))
            return [result, progress]
        except ApplicationError as error:
            return [error.error, list(error.args), error.kwargs]

    async def publish(topic, args, kwargs):
        await session.publish(topic, *args, **kwargs, options=PublishOptions(acknowledge=True))

    async def subscribe(topic, match):
        def hear(*args, details=None, **kwargs):
            heard.append([details.topic or topic, list(args), kwargs])

        await session.subscribe(hear, topic, SubscribeOptions(match=match, details=True))

    procedures = {
        "echo": lambda *args, **kwargs: CallResult(*args, **kwargs),
        "fail": fail,
        "call": call,
        "publish": publish,
        "subscribe": subscribe,
        "heard": lambda: heard,
        "leave": session.leave,
    }
    for name, procedure in procedures.items():
        await session.register(procedure, "com.python." + name)
    await session.register(count, "com.python.count", RegisterOptions(details_arg="details"))
    tell("joined", json.dumps([details.authid, details.authrole, details.authmethod]))


@component.on_leave
def left(session, details):
    tell("left", details.reason)


run([component], log_level="error")
