"""
The scenarios (../../scenarios.ts) for clients in Python. A client's program gives `connect(login, is_wrong)`, which makes a session in our words:
`id`, `authid`, `call`, `register`, `subscribe`, `publish`, `leave`. `Absent` says that a client does not have something.
"""

import asyncio
import json
import sys

task = json.loads(sys.argv[1])
SECRETS = {
    "ticket": ("joe", "secret1"),
    "wampcra": ("peter", "secret2"),
    "wampcra salted": ("petra", "secret2"),
    "scram": ("carol", "secret3"),
    "scram argon2id": ("dave@example.com", "secret4"),
    "cryptosign": ("client01", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
}
VALUES = [42, "ü", 1.5, True, None, [1, "x"], {"a": 1}]


class Absent(Exception):
    pass


class Failure(Exception):
    """An error with a URI, in our words."""

    def __init__(self, uri, args=(), kwargs=None):
        super().__init__(uri)
        self.uri, self.arguments, self.kwargs = uri, list(args or ()), dict(kwargs or {})


def secret_of(login, is_wrong):
    authid, secret = SECRETS[login]
    return authid, secret[::-1] if is_wrong else secret


def tell(**line):
    print(json.dumps(line), flush=True)


def uri(name):
    return f"com.interop.{task['name']}.{task['mode']}.{name}"


def plain(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "bytes " + bytes(value).hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def expect(got, wanted):
    if plain(got) != plain(wanted):
        raise AssertionError(f"got {plain(got)}, not {plain(wanted)}")


async def failure(awaitable):
    try:
        await awaitable
    except Failure as error:
        return error
    raise AssertionError("it did not fail")


async def settle(heard, count):
    for _ in range(100):
        if len(heard) >= count:
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


async def echo(args, kwargs, details):
    return args, kwargs


async def slowly(args, kwargs, details):
    await asyncio.sleep(1.5)
    return [], {}


async def join(one, two, three):
    expect(one.id > 0, True)
    await one.leave()


async def call(one, two, three):
    await one.register(uri("echo"), echo)
    kwargs = {"k": "v", "n": {"m": [1]}}
    expect(await two.call(uri("echo"), VALUES, kwargs), (VALUES, kwargs))
    expect(await two.call(uri("echo"), ["alone"], {}), (["alone"], {}))


async def error(one, two, three):
    async def fail(args, kwargs, details):
        raise Failure("com.interop.failed", ["why", 7], {"code": 5})

    await one.register(uri("fail"), fail)
    told = await failure(two.call(uri("fail"), [], {}))
    expect([told.uri, told.arguments, told.kwargs], ["com.interop.failed", ["why", 7], {"code": 5}])


async def no_procedure(one, two, three):
    expect((await failure(one.call(uri("nobody"), [], {}))).uri, "wamp.error.no_such_procedure")


async def unregister(one, two, three):
    registration = await one.register(uri("gone"), echo)
    await two.call(uri("gone"), [], {})
    await registration.unregister()
    expect((await failure(two.call(uri("gone"), [], {}))).uri, "wamp.error.no_such_procedure")


async def progress(one, two, three):
    async def count(args, kwargs, details):
        for i in range(1, args[0]):
            details["progress"]([i])
        return args, {}

    await one.register(uri("count"), count)
    heard = []
    args, _ = await two.call(uri("count"), [3], {}, on_progress=heard.append)
    expect([heard, args], [[[1], [2]], [3]])


async def cancel(one, two, three):
    begun = asyncio.Event()

    async def slow(args, kwargs, details):
        begun.set()
        return await slowly(args, kwargs, details)

    await one.register(uri("slow"), slow)
    expect((await failure(two.call(uri("slow"), [], {}, cancel_when=begun))).uri, "wamp.error.canceled")
    await two.call("wamp.session.count", [], {})


async def timeout(one, two, three):
    await one.register(uri("slower"), slowly)
    expect((await failure(two.call(uri("slower"), [], {}, timeout_ms=100))).uri, "wamp.error.timeout")
    await two.call("wamp.session.count", [], {})


async def hear(session, name, what, **options):
    heard = []
    return heard, await session.subscribe(uri(name), lambda args, kwargs, details: heard.append(what(args, kwargs, details)), **options)


async def events(one, two, three):
    heard, _ = await hear(one, "news", lambda args, kwargs, details: [args, kwargs])
    await two.publish(uri("news"), VALUES, {"k": 1})
    await settle(heard, 1)
    expect(heard, [[VALUES, {"k": 1}]])


async def unsubscribe(one, two, three):
    heard, subscription = await hear(one, "paper", lambda args, kwargs, details: args)
    await two.publish(uri("paper"), [1], {})
    await settle(heard, 1)
    await subscription.unsubscribe()
    await two.publish(uri("paper"), [2], {})
    await settle(heard, 2)
    expect(heard, [[1]])


async def own_events(one, two, three):
    heard, _ = await hear(one, "own", lambda args, kwargs, details: args)
    await one.publish(uri("own"), [1], {})
    await one.publish(uri("own"), [2], {}, exclude_me=False)
    await settle(heard, 1)
    expect(heard, [[2]])


async def by_pattern(one, two, match, pattern, topic):
    heard, _ = await hear(one, pattern, lambda args, kwargs, details: [args, details["topic"]], match=match)
    await two.publish(uri(topic), [1], {})
    await two.publish(uri("elsewhere"), [2], {})
    await settle(heard, 1)
    expect(heard, [[[1], uri(topic)]])


async def prefix(one, two, three):
    await by_pattern(one, two, "prefix", "tree.", "tree.leaf.green")


async def wildcard(one, two, three):
    await by_pattern(one, two, "wildcard", "wild..end", "wild.any.end")


async def pattern_procedure(one, two, three):
    async def which(args, kwargs, details):
        return [details["procedure"]], {}

    await one.register(uri("shop."), which, match="prefix")
    expect((await two.call(uri("shop.buy"), [], {}))[0], [uri("shop.buy")])


async def chosen(one, two, three, who, **options):
    heard = []
    for name, session in (("one", one), ("two", two)):
        await session.subscribe(uri("for." + who), lambda args, kwargs, details, name=name: heard.append(name))
    await three.publish(uri("for." + who), [], {}, **options)
    await settle(heard, 1)
    expect(heard, [who])


async def exclude(one, two, three):
    await chosen(one, two, three, "two", exclude=[one.id])


async def eligible(one, two, three):
    await chosen(one, two, three, "one", eligible=[one.id])


async def caller(one, two, three):
    async def who(args, kwargs, details):
        return [details["caller"]], {}

    await one.register(uri("who"), who)
    expect((await two.call(uri("who"), [], {}, disclose=True))[0], [two.id])


async def publisher(one, two, three):
    heard, _ = await hear(one, "signed", lambda args, kwargs, details: details["publisher"])
    await two.publish(uri("signed"), [], {}, disclose=True)
    await settle(heard, 1)
    expect(heard, [two.id])


async def shared(one, two, three):
    for name, session in (("one", one), ("two", two)):

        async def answer(args, kwargs, details, name=name):
            return [name], {}

        await session.register(uri("shared"), answer, invoke="roundrobin")
    answers = [(await three.call(uri("shared"), [], {}))[0][0] for _ in range(4)]
    expect(answers, ["one", "two", "one", "two"])


async def back(one, two, name, args):
    await one.register(uri(name), echo)
    expect((await two.call(uri(name), args, {}))[0], args)


async def binary(one, two, three):
    await back(one, two, "bytes", [bytes([0, 1, 127, 128, 255])])


async def integers(one, two, three):
    await back(one, two, "integers", [0, -1, 255, 256, -129, 65536, 2**31, -(2**31) - 1, 2**40, 2**53, -(2**53)])


async def unicode(one, two, three):
    await back(one, two, "texts", ["ü", "日本語", "𝄞 😀", '"\\\x00\x1f', ""])


SCENARIOS = [
    join, call, error, no_procedure, unregister, progress, cancel, timeout, events, unsubscribe, own_events, prefix, wildcard,
    pattern_procedure, exclude, eligible, caller, publisher, shared, binary, integers, unicode,
]  # fmt: skip


async def tried(scenario, body, seconds=6):
    try:
        await asyncio.wait_for(body, seconds)
        tell(scenario=scenario, ok=True, detail="")
    except BaseException as error:  # some clients throw what is no Exception
        tell(scenario=scenario, ok=False, detail=f"{type(error).__name__}: {error}"[:300])


async def run_scenarios(connect):
    for scenario in SCENARIOS:
        sessions = []

        async def body():
            for _ in range(3):
                sessions.append(await connect())
            await scenario(*sessions)

        await tried(scenario.__name__.replace("_", " "), body())
        for session in sessions[1 if scenario is join else 0 :]:
            try:
                await asyncio.wait_for(session.leave(), 0.5)
            except BaseException:
                pass


async def main(connect, restart=None):
    mode = task["mode"]
    if mode == "scenarios":
        await run_scenarios(connect)
    if mode == "logins":
        for login in task["logins"]:

            async def body():
                session = await connect(login)
                expect(session.authid, SECRETS[login][0])
                await session.leave()
                try:
                    await asyncio.wait_for(connect(login, True), 4)
                except (asyncio.TimeoutError, TimeoutError):
                    raise AssertionError("no answer to a wrong secret")
                except BaseException:
                    return
                raise AssertionError("a wrong secret was let in")

            await tried("login " + login, body(), 10)
    if mode == "serve":
        session = await connect()
        await session.register(f"com.interop.{task['name']}.echo", echo)
        tell(ready=True)
        await asyncio.Event().wait()
    if mode == "call":
        session = await connect()
        for other in task["others"]:

            async def body():
                kwargs = {"k": "ü", "n": 1}
                expect(await session.call(f"com.interop.{other}.echo", VALUES, kwargs), (VALUES, kwargs))

            await tried("calls " + other, body())
    if mode == "restart":

        async def body():
            expect(await restart(uri("back"), lambda: tell(ready=True)), "back")

        await tried(task["restart"], body(), 20)
    sys.stdout.flush()
    import os

    os._exit(0)
