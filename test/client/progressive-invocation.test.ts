/* WAMP "Progressive Call Invocations", the callee's side. */
import type { InvocationDetails } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { ABORT, ERROR, INTERRUPT, INVOCATION, type Payload, REGISTERED, YIELD } from '../fixtures/messages.ts';
import { type Joined, join } from '../fixtures/scripted-session.ts';

type Endpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;

const more = { progress: true };
const kill = { mode: 'kill' };

async function callee(endpoint: Endpoint, dealer: object = { progressive_call_invocations: true }): Promise<Joined> {
  const joined = await join({}, { dealer });
  const registering = joined.session.register('a.b', endpoint);
  await joined.peer.next();
  joined.peer.send(REGISTERED(1, 5));
  await registering;
  return joined;
}

/** All inputs, the first among them. */
const collect: Endpoint = async ([first], _kwargs, { furtherInputs }) => {
  const all = [first];
  for await (const input of furtherInputs) all.push(input);
  return all;
};

describe('further inputs', () => {
  it('[C57] come in order, in the same form as results, from the first read on', async () => {
    const { peer } = await callee(collect);
    peer.send(
      INVOCATION(1, 5, more, ['a']),
      INVOCATION(1, 5, more, ['b']),
      INVOCATION(1, 5, more, [1, 2], { k: 3 }),
      INVOCATION(1, 5, more),
      INVOCATION(1, 5, {}, ['last']),
    );
    const [, , , [all]] = (await peer.next()) as [0, 0, 0, [unknown[]]];
    expect(all).toMatchObject(['a', 'b', { args: [1, 2], kwargs: { k: 3 } }, null, 'last']);
  });

  it.each<[Payload]>([[[]], [[[]]], [[[], {}]]])('[C57] end with an empty last one: %j', async (payload) => {
    const { peer } = await callee(collect);
    peer.send(INVOCATION(1, 5, more, ['a']), INVOCATION(1, 5, {}, ...payload));
    await peer.expect(YIELD(1, {}, [['a']]));
  });

  it('[C57] are empty for an ordinary call', async () => {
    const { peer } = await callee(collect);
    peer.send(INVOCATION(1, 5, {}, ['a']));
    await peer.expect(YIELD(1, {}, [['a']]));
  });

  it('[C57] are kept until they are read, and the reader can wait for them', async () => {
    let go: () => void = () => {};
    const { peer } = await callee(async (args, kwargs, details) => {
      await new Promise<void>((resolve) => (go = resolve));
      return collect(args, kwargs, details);
    });
    peer.send(INVOCATION(1, 5, more, [0]), ...Array.from({ length: 2500 }, (_, i) => INVOCATION(1, 5, more, [i + 1])));
    await settled();
    go();
    await settled();
    peer.send(INVOCATION(1, 5, {}, [2501]));
    await peer.expect(YIELD(1, {}, [Array.from({ length: 2502 }, (_, i) => i)]));
  });

  it('[C57] may be left before their end', async () => {
    const { peer, session } = await callee(async (_args, _kwargs, { furtherInputs }) => {
      for await (const input of furtherInputs) if (input === 'stop') break;
      for await (const _ of furtherInputs) throw new Error('read twice');
      await settled();
      return 'left';
    });
    peer.send(INVOCATION(1, 5, more), INVOCATION(1, 5, more, ['stop']), INVOCATION(1, 5, more, ['unheard']));
    await peer.expect(YIELD(1, {}, ['left']));
    expect(session.isOpen).toBe(true);
  });

  it('[C57] of an ended invocation are ignored, whatever they are', async () => {
    const endpoint = vi.fn(() => 'early');
    const { peer, session } = await callee(endpoint);
    peer.send(
      INVOCATION(1, 5, more),
      INVOCATION(1, 5, more, ['late']),
      INVOCATION(1, 5, {}, ['last']),
      INVOCATION(2, 5, {}),
      INVOCATION(1, 5, {}),
    );
    await peer.expect(YIELD(1, {}, ['early']));
    await peer.expect(YIELD(2, {}, ['early']));
    await settled();
    expect([peer.unread, session.isOpen, endpoint.mock.calls.length]).toEqual([[], true, 2]);
  });

  it('may have ids in any order from routers that do not know progressive calls', async () => {
    const { peer } = await callee(() => 1, {});
    peer.send(INVOCATION(900, 5, {}), INVOCATION(20, 5, {}));
    await peer.expect(YIELD(900, {}, [1]));
    await peer.expect(YIELD(20, {}, [1]));
  });

  it.each<[string, unknown[][]]>([
    ['of an ordinary call', [INVOCATION(1, 5, {})]],
    ['after the last', [INVOCATION(1, 5, more), INVOCATION(1, 5, {})]],
  ])('[C57] %s are a violation', async (_, before) => {
    const { peer } = await callee(() => new Promise(() => {}));
    peer.send(...before, INVOCATION(1, 5, {}));
    expect(await peer.next()).toEqual(
      ABORT({ message: 'got INVOCATION 1, which is running already' }, 'wamp.error.protocol_violation'),
    );
  });

  it('[C57] [C53] throw the reason when the call is stopped, even if they are read later', async () => {
    const reasons: unknown[] = [];
    const { peer } = await callee(async (args, kwargs, details) => {
      try {
        return await collect(args, kwargs, details);
      } catch (error) {
        reasons.push(error);
        await details.furtherInputs[Symbol.asyncIterator]()
          .next()
          .catch((again: unknown) => reasons.push(again));
        throw error;
      }
    });
    peer.send(INVOCATION(1, 5, more, ['a']), INVOCATION(1, 5, more, ['b']));
    await settled();
    peer.send(INTERRUPT(1, kill), INVOCATION(1, 5, {}, ['late']));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['the call was canceled']));
    expect(reasons).toMatchObject([{ uri: 'wamp.error.canceled' }, { uri: 'wamp.error.canceled' }]);
  });

  it('[C57] throw when the session ends, and a read that nobody awaits does no harm', async () => {
    const reasons: unknown[] = [];
    const { peer, session } = await callee((_args, _kwargs, { furtherInputs }) => {
      const iterator = furtherInputs[Symbol.asyncIterator]();
      iterator.next().catch((error: unknown) => reasons.push(error));
      void iterator.next();
      return new Promise(() => {});
    });
    peer.send(INVOCATION(1, 5, more));
    await settled();
    peer.close();
    await session.ended;
    await settled();
    expect(reasons).toMatchObject([{ name: 'ConnectionLostError' }]);
  });

  it('[C57] end for a reader when the endpoint has answered', async () => {
    const read: unknown[] = [];
    const { peer } = await callee((_args, _kwargs, { furtherInputs }) => {
      void (async () => {
        for await (const input of furtherInputs) read.push(input);
        read.push('end');
      })();
      return settled().then(() => 'early');
    });
    peer.send(INVOCATION(1, 5, more, [0]), INVOCATION(1, 5, more, [1]));
    await peer.expect(YIELD(1, {}, ['early']));
    await settled();
    expect(read).toEqual([1, 'end']);
  });

  it('have a member in the details that the wire cannot replace', async () => {
    const { peer } = await callee(collect);
    peer.send(INVOCATION(1, 5, { furtherInputs: 'fake' }, ['a']));
    await peer.expect(YIELD(1, {}, [['a']]));
  });
});
