import { json, type Serializer } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { Link, type LinkEnd } from '../src/link/link.ts';
import type { FromClient, FromRouter } from '../src/protocol/messages.ts';
import { clientSide, routerSide } from '../src/protocol/wire.ts';
import { memoryPair } from '../src/transport/memory.ts';
import { settled } from './fixtures/manual-clock.ts';
import { ABORT, CHALLENGE, GOODBYE, HELLO, RESULT, WELCOME } from './fixtures/messages.ts';
import { ScriptedPeer } from './fixtures/scripted-peer.ts';

const roles = { caller: {} };

function clientLink(serializer: Serializer = json()) {
  const [theirs, ours] = memoryPair(serializer);
  const peer = new ScriptedPeer(ours);
  const tap = vi.fn();
  const link = new Link<FromRouter, FromClient>(theirs, clientSide, tap);
  const received: FromRouter[] = [];
  const ends: LinkEnd[] = [];
  link.start({ message: (message) => received.push(message), linkEnded: (why) => ends.push(why) });
  return { link, peer, tap, received, ends };
}

async function _established(serializer?: Serializer) {
  const all = clientLink(serializer);
  all.link.send({ type: 1, realm: 'realm1', details: { roles } });
  await all.peer.next();
  all.peer.send(WELCOME(7, { roles: { dealer: {} } }));
  await settled();
  return all;
}

describe('a link', () => {
  it('follows the session’s life from both ends', async () => {
    const { link, peer, received } = clientLink();
    expect(link.state).toBe('closed');
    link.send({ type: 1, realm: 'realm1', details: { roles } });
    expect(link.state).toBe('joining');
    peer.send(CHALLENGE('ticket', {}));
    await settled();
    expect(link.state).toBe('challenging');
    link.send({ type: 5, signature: 's', extra: {} });
    peer.send(WELCOME(7, { roles: { dealer: {} } }));
    await settled();
    expect(link.state).toBe('established');
    link.send({ type: 6, details: {}, reason: 'wamp.close.normal' });
    expect(link.state).toBe('leaving');
    peer.send(RESULT(1, {}), GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await settled();
    expect(link.state).toBe('left');
    expect(received.map(({ type }) => type)).toEqual([4, 2, 6]);
  });

  it('sends nothing that is not legal in its state', async () => {
    const { link, peer } = clientLink();
    link.send({ type: 48, request: 1, options: {}, procedure: 'a.b' });
    await settled();
    expect(peer.unread).toEqual([]);
    expect(link.state).toBe('closed');
  });

  it('throws for a message that cannot be encoded, and keeps its state', async () => {
    const { link, peer } = clientLink();
    expect(() => link.send({ type: 1, realm: 'realm1', details: { roles, authextra: { f: () => {} } } })).toThrow(
      'cannot encode HELLO in json: options.authextra.f: expected JSON values and Uint8Array, got a function',
    );
    expect(link.state).toBe('closed');
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('ends once, with ABORT, when a message is a violation or its handler throws', async () => {
    const [theirs, ours] = memoryPair(json());
    const peer = new ScriptedPeer(ours);
    const link = new Link<FromClient, FromRouter>(theirs, routerSide);
    const ended = vi.fn();
    const error = new TypeError('a bug of ours');
    link.start({
      message: () => {
        throw error;
      },
      linkEnded: ended,
    });
    peer.send(HELLO('realm1', { roles }), HELLO('realm1', { roles }));
    await peer.expect(ABORT({ message: 'internal error: a bug of ours' }, 'wamp.error.protocol_violation'));
    await peer.end();
    expect(ended).toHaveBeenCalledExactlyOnceWith({ error: expect.objectContaining({ cause: error }), closed: undefined });
    expect(link.state).toBe('ended');
  });

  it('shows its tap everything but secrets', async () => {
    const { link, peer, tap } = clientLink();
    link.send({ type: 1, realm: 'realm1', details: { roles } });
    peer.send(CHALLENGE('ticket', {}));
    await settled();
    link.send({ type: 5, signature: 'my secret', extra: { also: 'secret' } });
    expect(tap.mock.calls.map(([direction, [type]]) => [direction, type])).toEqual([
      ['sent', 1],
      ['received', 4],
      ['sent', 5],
    ]);
    expect(JSON.stringify(tap.mock.calls)).not.toContain('secret"');
  });
});

describe('two transports in memory', () => {
  it('deliver in order, in a later microtask, even what was sent before the close', async () => {
    const [left, right] = memoryPair(json());
    const got: unknown[] = [];
    left.send('early');
    right.start({ frame: (frame) => got.push(frame), closed: ({ code, reason }) => got.push([code, reason]) });
    left.send('one');
    left.send('two');
    expect(left.bufferedBytes).toBe(11);
    left.close(1000, 'done');
    left.send('too late');
    expect(got).toEqual([]);
    await settled();
    expect(got).toEqual(['early', 'one', 'two', [1000, 'done']]);
    right.send('nobody there');
    right.close();
    expect(left.bufferedBytes).toBe(0);
  });
});
