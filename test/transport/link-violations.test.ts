/* What a link does to a peer that breaks the protocol, over a transport played by hand: one ABORT with the reason, then the end of the line. */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { Link, type LinkEnd } from '../../src/link/link.ts';
import type { FromClient, FromRouter } from '../../src/protocol/messages.ts';
import { clientSide, routerSide } from '../../src/protocol/wire.ts';
import type { Frame, Transport, TransportReceiver } from '../../src/transport/transport.ts';
import { ABORT, AUTHENTICATE, CALL, GOODBYE, HELLO, RESULT, WELCOME } from '../fixtures/messages.ts';

class ScriptedTransport implements Transport {
  readonly serializer: Serializer;
  readonly bufferedBytes = 0;
  /** What was done to it, in order. */
  readonly log: unknown[] = [];
  private receiver: TransportReceiver | undefined;

  constructor(serializer: Serializer) {
    this.serializer = serializer;
  }
  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }
  send(frame: Frame): void {
    this.log.push(this.serializer.decode(frame));
  }
  close(code?: number, reason?: string): void {
    this.log.push(['closed', code, reason]);
    this.receiver?.closed({ clean: true, code, reason });
  }
  /** In one tick. */
  receive(...frames: (Frame | readonly unknown[])[]): void {
    for (const frame of frames)
      this.receiver?.frame(typeof frame === 'string' || frame instanceof Uint8Array ? frame : this.serializer.encode(frame));
  }
}

const hello = HELLO('realm1', { roles: { caller: {} } });
const welcome = WELCOME(7, { roles: { dealer: {} } });
const VIOLATION = 'wamp.error.protocol_violation';

interface Seen {
  readonly types: number[];
  readonly ends: LinkEnd[];
}

function client(serializer: Serializer = json()): Seen & { transport: ScriptedTransport; link: Link<FromRouter, FromClient> } {
  const transport = new ScriptedTransport(serializer);
  const link = new Link<FromRouter, FromClient>(transport, clientSide);
  const seen: Seen = { types: [], ends: [] };
  link.start({ message: ({ type }) => seen.types.push(type), linkEnded: (why) => seen.ends.push(why) });
  return { transport, link, ...seen };
}

function joined(serializer?: Serializer): ReturnType<typeof client> {
  const all = client(serializer);
  all.link.send({ type: 1, realm: 'realm1', details: { roles: { caller: {} } } });
  all.transport.receive(welcome);
  expect(all.link.state).toBe('established');
  all.transport.log.length = all.types.length = 0;
  return all;
}

function router(): Seen & { transport: ScriptedTransport; link: Link<FromClient, FromRouter> } {
  const transport = new ScriptedTransport(json());
  const link = new Link<FromClient, FromRouter>(transport, routerSide);
  const seen: Seen = { types: [], ends: [] };
  link.start({ message: ({ type }) => seen.types.push(type), linkEnded: (why) => seen.ends.push(why) });
  return { transport, link, ...seen };
}

/** One ABORT that says why, then the close, and the end told once. */
function expectAborted({ transport, ends }: Pick<ReturnType<typeof client>, 'transport' | 'ends'>, text: RegExp): void {
  expect(transport.log).toEqual([ABORT({ message: expect.stringMatching(text) }, VIOLATION), ['closed', 1002, VIOLATION]]);
  expect(ends).toHaveLength(1);
  const error = ends[0]?.error;
  expect(error?.message).toMatch(text);
  expect(error?.uri).toBe(VIOLATION);
}

describe('a client’s link in a session aborts after', () => {
  it.each<[string, () => Serializer, Frame, RegExp]>([
    ['a binary frame for JSON', json, new Uint8Array([91, 93]), /^expected a text frame for json, got a binary one$/],
    ['a text frame for MessagePack', msgpack, '[]', /^expected a binary frame for msgpack, got a text one$/],
    ['undecodable text', json, '[1,', /^cannot decode a frame as json: /],
    ['undecodable bytes', msgpack, new Uint8Array([0xc1]), /^cannot decode a frame as msgpack: /],
    ['no bytes', msgpack, new Uint8Array(0), /^cannot decode a frame as msgpack: /],
    ['a text frame for CBOR', cbor, '[]', /^expected a binary frame for cbor, got a text one$/],
    [
      'CBOR that is cut off',
      cbor,
      new Uint8Array([0x82, 1]),
      /^cannot decode a frame as cbor: the bytes end in the middle of a value$/,
    ],
    ['undefined in CBOR', cbor, new Uint8Array([0xf7]), /^expected a message, which is a list, got nothing$/],
    ['a dict', json, '{"a":1}', /^expected a message, which is a list, got \{"a":1\}$/],
    ['null', msgpack, new Uint8Array([0xc0]), /^expected a message, which is a list, got null$/],
    ['an empty list', json, '[]', /^expected a message, got an empty list$/],
    ['a code that has no text', json, '[{"toString":1,"valueOf":1}]', /^expected a message code of WAMP, got \{"toString":1/],
    ['200,000 lists', json, `${'['.repeat(200_000)}${']'.repeat(200_000)}`, /^expected a message code of WAMP, got object$/],
  ])('%s [C11]', (_, serializer, frame, text) => {
    const all = joined(serializer());
    all.transport.receive(frame);
    expectAborted(all, text);
    expect(all.types).toEqual([]);
    expect(all.link.state).toBe('ended');
  });

  it('a second WELCOME, and says what it expected [C05]', () => {
    const all = joined();
    all.transport.receive(welcome);
    expectAborted(all, /got WELCOME$/);
  });

  it('the invalid one of several frames in one tick; earlier ones count, later ones do not [C11]', () => {
    const all = joined();
    all.transport.receive(RESULT(1, {}), [50, 'two', {}], RESULT(3, {}), 'nonsense');
    expect(all.types).toEqual([50]);
    expectAborted(all, /^expected RESULT\.request to be an id/);
  });
});

describe('a router’s link aborts after', () => {
  it.each<[string, readonly unknown[]]>([
    ['CALL', CALL(1, {}, 'a.b')],
    ['GOODBYE', GOODBYE({}, 'wamp.close.normal')],
    ['AUTHENTICATE', AUTHENTICATE('x', {})],
  ])('%s before HELLO [R01]', (name, list) => {
    const all = router();
    all.transport.receive(list, hello);
    expect(all.types).toEqual([]);
    expectAborted(all, new RegExp(`got ${name}$`));
  });

  it('a second HELLO [R05]', () => {
    const all = router();
    all.transport.receive(hello, hello);
    expect(all.types).toEqual([1]);
    expectAborted(all, /got HELLO$/);
  });
});

describe('a link', () => {
  it('ignores everything between its GOODBYE and the answer [C06] [R06]', () => {
    const all = joined();
    all.link.send({ type: 6, details: {}, reason: 'wamp.close.close_realm' });
    all.transport.receive(RESULT(1, {}), WELCOME(9, { roles: {} }), GOODBYE({}, 'wamp.close.goodbye_and_out'));
    expect(all.types).toEqual([6]);
    expect(all.link.state).toBe('left');
    expect(all.transport.log).toEqual([GOODBYE({}, 'wamp.close.close_realm')]);
    expect(all.ends).toEqual([]);
  });

  it('sends nothing after its GOODBYE, and does not fail', () => {
    const all = joined();
    all.link.send({ type: 6, details: {}, reason: 'wamp.close.close_realm' });
    all.link.send({ type: 48, request: 1, options: {}, procedure: 'a.b' });
    all.link.send({ type: 48, request: 1, options: {}, procedure: 'a.b' }, new Map());
    expect(all.transport.log).toHaveLength(1);
  });

  it('does not answer ABORT, and ignores later messages [C08]', () => {
    const all = joined();
    all.transport.receive(ABORT({}, 'wamp.error.no_such_realm'), RESULT(1, {}), GOODBYE({}, 'wamp.close.normal'));
    expect(all.types).toEqual([3]);
    expect(all.transport.log).toEqual([]);
  });

  it('ends once, without an error, when the connection is lost [C09]', () => {
    const all = joined();
    all.transport.close(1006, 'gone');
    all.transport.close(1006, 'gone');
    all.link.abort('wamp.close.normal', 'too late');
    all.transport.receive(RESULT(1, {}));
    expect(all.ends).toEqual([{ error: undefined, closed: { clean: true, code: 1006, reason: 'gone' } }]);
    expect(all.types).toEqual([]);
    expect(all.transport.log).toEqual([
      ['closed', 1006, 'gone'],
      ['closed', 1006, 'gone'],
    ]);
  });

  it.each([json(), msgpack(), cbor()])(
    'sends no payload that $name cannot hold, says where the error is, and keeps its state',
    (serializer) => {
      const all = joined(serializer);
      const call = { type: 48, request: 1, options: {}, procedure: 'a.b' } as const;
      expect(() => all.link.send({ ...call, args: [1, { a: [() => {}] }] })).toThrow(
        `cannot encode CALL a.b in ${serializer.name}: args[1].a[0]: expected JSON values and Uint8Array, got a function`,
      );
      expect(() => all.link.send({ ...call, kwargs: { a: Symbol('s') } })).toThrow(/: kwargs\.a: .* got a symbol$/);
      expect(all.transport.log).toEqual([]);
      expect(all.link.state).toBe('established');
      all.link.send({ ...call, args: [1] });
      expect(all.transport.log).toEqual([CALL(1, {}, 'a.b', [1])]);
    },
  );
});
