"""
Autobahn|Python at both ends. Reads from stdin what to send (`{url, realm, values: [{name, python} | {name, json, msgpack, cbor}]}`), sends each value by each
route from each serializer to each, and prints a line of JSON for every one: what was sent, and what arrived, read from the bytes of the frame.

The values that Autobahn's serializers cannot make are put into the frame that Autobahn made, in place of a text. What its serializers cannot
read is left out of the message before its session sees it; what is told is what was in the frame.
"""

import asyncio
import datetime  # noqa: F401  (values are written with it)
import decimal  # noqa: F401
import json
import sys
import uuid  # noqa: F401

import cbor2  # noqa: F401
from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer
from autobahn.wamp.types import CallResult, ComponentConfig, PublishOptions, SubscribeOptions
from diagnostic import read

SERIALIZERS = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}
ERROR, PUBLISHED, SUBSCRIBED, EVENT, RESULT, INVOCATION = 8, 17, 33, 36, 50, 68
ARGS_AT = {ERROR: 5, EVENT: 4, RESULT: 3, INVOCATION: 4}
PATIENCE_S = 1.5
# In the place of what no serializer of Autobahn's makes; and what that is, by serializer.
STANDS_FOR_RAW, raw = "@@ raw value @@", {}


class Recording:
    """An object serializer of Autobahn's that lets odd values through and tells what was in a frame."""

    def __init__(self, name, inner, heard):
        self.name, self.inner, self.heard = name, inner, heard
        self.NAME, self.BINARY = inner.NAME, inner.BINARY

    def serialize(self, obj):
        data = self.inner.serialize(obj)
        if self.name in raw:
            data = data.replace(self.inner.serialize(STANDS_FOR_RAW), raw[self.name])
        return data

    def unserialize(self, payload):
        tree, slice_of = read(self.name, payload)
        self.heard(int(tree.items[0].text), tree, slice_of)
        try:
            return self.inner.unserialize(payload)
        except Exception:
            return [[self.element(item, slice_of(item)) for item in tree.items]]

    def element(self, node, data):
        try:
            return self.inner.unserialize(data)[0]
        except Exception:
            return [] if node.items is not None else {}


class Lost(Exception):
    pass


class Peer(ApplicationSession):
    def __init__(self, name):
        super().__init__(ComponentConfig(realm=job["realm"]))
        self.why = "session ended"
        self.name, self.frames = name, asyncio.Queue()
        self.joined, self.ended = asyncio.get_running_loop().create_future(), asyncio.get_running_loop().create_future()

    def onJoin(self, details):
        self.joined.set_result(None)

    def onUserError(self, fail, message):
        pass

    def onLeave(self, details):
        if details.reason not in ("wamp.close.normal", "wamp.close.goodbye_and_out"):
            self.why = f"session ended: {details.reason} {details.message or ''}"
        self.disconnect()

    def onDisconnect(self):
        for future in (self.ended, self.joined):
            if not future.done():
                future.set_result(None)

    def heard(self, kind, tree, slice_of):
        self.frames.put_nowait((kind, tree, slice_of))

    async def frame(self, *kinds):
        """The next message of one of these kinds."""
        while True:
            waiting = asyncio.ensure_future(self.frames.get())
            try:
                await asyncio.wait([waiting, self.ended], timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            finally:
                is_late = not waiting.done()
                waiting.cancel()
            if is_late:
                raise Lost(self.why if self.ended.done() else "nothing came")
            if waiting.result()[0] in kinds:
                return waiting.result()


async def join(name):
    loop = asyncio.get_running_loop()
    serializer = SERIALIZERS[name]()
    peer = Peer(name)
    serializer._serializer = Recording(name, serializer._serializer, peer.heard)
    factory = WampWebSocketClientFactory(lambda: peer, url=job["url"], serializers=[serializer])
    factory.setProtocolOptions(openHandshakeTimeout=30)
    await loop.create_connection(factory, factory.host, factory.port)
    await asyncio.wait_for(peer.joined, 30)
    return peer


current = None


class Ends:
    """A session of each serializer at each end. One that the router has ended is joined anew."""

    def __init__(self):
        self.senders, self.receivers = {}, {}

    async def sender(self, name):
        if name not in self.senders or self.senders[name].ended.done():
            peer = self.senders[name] = await join(name)

            def give():
                return CallResult(current, k=current)

            def fail():
                raise ApplicationError("com.fidelity.failed", current, k=current)

            await peer.register(give, f"com.fidelity.give.{name}")
            await peer.register(fail, f"com.fidelity.fail.{name}")
        return clean(self.senders[name])

    async def receiver(self, name):
        if name not in self.receivers or self.receivers[name].ended.done():
            peer = self.receivers[name] = await join(name)
            await peer.register(lambda *args, **kwargs: None, f"com.fidelity.take.{name}")
            for topic in ("event", "testament"):
                await peer.subscribe(lambda *args, **kwargs: None, f"com.fidelity.{topic}")
        return clean(self.receivers[name])


def clean(peer):
    while not peer.frames.empty():
        peer.frames.get_nowait()
    return peer


def what(slice_of, args, kwargs):
    """The value that arrived in `args`, and the one in `kwargs`, each with its bytes."""
    nodes = [args.items[0] if args and args.items else None, kwargs.member("k") if kwargs else None]
    return {end: node and {"text": node.text, "hex": slice_of(node).hex()} for end, node in zip(("args", "kwargs"), nodes)}


def payload(frame):
    kind, tree, slice_of = frame
    at = ARGS_AT[kind]
    if kind == ERROR and tree.items[4].text != '"com.fidelity.failed"':
        return {"error": json.loads(tree.items[4].text), "why": tree.items[5].text if len(tree.items) > 5 else ""}
    rest = tree.items[at:] + [None, None]
    return what(slice_of, rest[0], rest[1])


def quiet(awaitable):
    future = asyncio.ensure_future(awaitable)
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


async def attempt(action):
    try:
        return await asyncio.wait_for(action, 3 * PATIENCE_S)
    except asyncio.TimeoutError:
        return {"lost": "nothing came"}
    except Lost as lost:
        return {"lost": str(lost)}
    except ApplicationError as error:
        return {"error": error.error, "why": str(error.args)}
    except Exception as error:
        return {"lost": f"{type(error).__name__}: {error}"}


async def call_route(sender, receiver):
    call = quiet(sender.call(f"com.fidelity.take.{receiver.name}", current, k=current))
    invocation, answer = asyncio.ensure_future(receiver.frame(INVOCATION)), asyncio.ensure_future(sender.frame(RESULT, ERROR))
    try:
        await asyncio.wait([invocation, answer], return_when=asyncio.FIRST_COMPLETED)
        if not invocation.done() or invocation.exception():
            return payload(await answer)
        await asyncio.wait([call], timeout=PATIENCE_S)
        return payload(await invocation)
    finally:
        for waiting in (invocation, answer):
            quiet(waiting)
            waiting.cancel()


async def answer_route(procedure, sender, receiver):
    call = quiet(receiver.call(f"com.fidelity.{procedure}.{sender.name}"))
    got = payload(await receiver.frame(RESULT, ERROR))
    await asyncio.wait([call], timeout=PATIENCE_S)
    return got


async def events_until_marker(receiver):
    found = {"missed": True}
    while True:
        got = payload(await receiver.frame(EVENT))
        if got["args"] and got["args"]["text"] == '"marker"':
            return found
        found = got


def publish(peer, topic, value, **options):
    return peer.publish(topic, value, k=value, options=PublishOptions(acknowledge=True, **options))


async def event_route(sender, receivers):
    await publish(sender, "com.fidelity.event", current)
    await publish(sender, "com.fidelity.event", "marker")
    return [await attempt(events_until_marker(receiver)) for receiver in receivers]


async def retained_route(sender, receivers, topic):
    await publish(sender, topic, current, retain=True)
    hear = lambda *args, **kwargs: None  # noqa: E731
    subscriptions = [await receiver.subscribe(hear, topic, SubscribeOptions(get_retained=True)) for receiver in receivers]
    await publish(sender, topic, "marker")
    got = [await attempt(events_until_marker(receiver)) for receiver in receivers]
    for subscription in subscriptions:
        await attempt(subscription.unsubscribe())
    return got


async def history_route(sender, receivers, topic):
    subscriptions = [await receiver.subscribe(lambda *args, **kwargs: None, topic) for receiver in receivers]
    await publish(sender, topic, current)
    got = []
    for receiver, subscription in zip(receivers, subscriptions):
        call = quiet(receiver.call("wamp.subscription.get_events", subscription.id))
        got.append(await attempt(remembered(receiver)))
        await asyncio.wait([call], timeout=PATIENCE_S)
        await attempt(subscription.unsubscribe())
    return got


async def remembered(receiver):
    frame = await receiver.frame(RESULT, ERROR)
    if frame[0] == ERROR:
        return payload(frame)
    event = find_event(frame[1])
    return what(frame[2], event.member("args"), event.member("kwargs")) if event else {"missed": True}


def find_event(node):
    if node.pairs and node.member("args"):
        return node
    for child in node.items or [value for _, value in node.pairs or []]:
        if found := find_event(child):
            return found
    return None


async def testament_route(name, receivers):
    last = await join(name)
    for value in (current, "marker"):
        await last.call("wamp.session.add_testament", "com.fidelity.testament", [value], {"k": value})
    last.leave()
    return [await attempt(events_until_marker(receiver)) for receiver in receivers]


def tell(value, route, sender, receiver, sent, got):
    print(json.dumps({"value": value, "route": route, "from": sender, "to": receiver, "sent": sent, "got": got}), flush=True)


def as_sent(name):
    """What this value is in this serializer; None: it has no such value."""
    if current == STANDS_FOR_RAW and name not in raw:
        return None
    try:
        data = Recording(name, SERIALIZERS[name]()._serializer, None).serialize([current])
    except (TypeError, ValueError, OverflowError, cbor2.CBOREncodeError):
        return None
    tree, slice_of = read(name, data)
    return {"text": tree.items[0].text, "hex": slice_of(tree.items[0]).hex()}


def prepare(value):
    raw.clear()
    if "python" in value:
        return eval(value["python"])
    for name in SERIALIZERS:
        if name in value:
            raw[name] = value[name].encode() if name == "json" else bytes.fromhex(value[name])
    return STANDS_FOR_RAW


async def main():
    global current
    ends = Ends()
    for index, value in enumerate(job["values"]):
        current = prepare(value)
        for name in SERIALIZERS:
            if "only" in value and name not in value["only"] or not (sent := as_sent(name)):
                continue
            for to in SERIALIZERS:
                for route, act in (
                    ("CALL", call_route),
                    ("RESULT", lambda sender, receiver: answer_route("give", sender, receiver)),
                    ("ERROR", lambda sender, receiver: answer_route("fail", sender, receiver)),
                ):
                    got = await attempt(act(await ends.sender(name), await ends.receiver(to)))
                    tell(value["name"], route, name, to, sent, got)
            for route in ("EVENT", "retained", "get_events", "testament"):
                receivers = [await ends.receiver(to) for to in SERIALIZERS]
                topic = f"com.fidelity.{route}.{name}.{index}"
                if route == "EVENT":
                    action = event_route(await ends.sender(name), receivers)
                elif route == "testament":
                    action = testament_route(name, receivers)
                else:
                    action = (retained_route if route == "retained" else history_route)(await ends.sender(name), receivers, topic)
                all_got = await attempt(action)
                for at, to in enumerate(SERIALIZERS):
                    tell(value["name"], route, name, to, sent, all_got[at] if isinstance(all_got, list) else all_got)
    print("done", flush=True)


job = json.load(sys.stdin)
asyncio.run(main())
