/* A durable handle that a router answers with ABORT ends with that error; the others, and the connection, go on. */
import { Connection } from 'autostrada';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ABORT, Code, GOODBYE } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

function connecting() {
  const router = new ScriptedRouter();
  const clock = new ManualClock();
  const connection = new Connection({
    url: router,
    realm: 'realm1',
    retry: { decide: () => 10 },
    liveness: false,
    environment: { clock },
  });
  const reported: unknown[] = [];
  connection.on('error', (error, { where, uri }) => reported.push([(error as Error).message, where, uri]));
  let last: ScriptedPeer | undefined;
  onTestFinished(async () => {
    if (last) void answerGoodbye(last);
    await connection.close();
  });
  /** The next session. */
  const joined = async (): Promise<ScriptedPeer> => {
    await clock.advance(10);
    last = await router.joined();
    await settled();
    return last;
  };
  return { connection, reported, joined };
}

const aborted = ABORT({ message: 'no such option' }, 'wamp.error.protocol_violation');
const TEXT = 'the router aborted the session: wamp.error.protocol_violation (no such option)';

/** Answers what is asked for, and `com.example.bad` with ABORT; true: it was aborted. */
async function play(peer: ScriptedPeer, asked: string[]): Promise<boolean> {
  for (;;) {
    await settled();
    if (peer.unread.length === 0) return false;
    const [type, request, , uri] = await peer.next();
    if (type !== Code.REGISTER && type !== Code.SUBSCRIBE) continue;
    asked.push(String(uri));
    if (uri === 'com.example.bad') {
      peer.send(aborted);
      await settled();
      return true;
    }
    peer.send([Number(type) + 1, request, 100 + Number(request)]);
  }
}

it.each(['register', 'subscribe'] as const)(
  '[H1] [C08] %s: a handle that the router aborts is found by sending it alone, and is refused',
  async (verb) => {
    const { connection, reported, joined } = connecting();
    const good = connection.register('com.example.good', () => 1);
    const bad =
      verb === 'register' ? connection.register('com.example.bad', () => 1) : connection.subscribe('com.example.bad', () => {});
    const late = connection.subscribe('com.example.late', () => {});
    const ready = failure(bad.ready);
    const asked: string[] = [];
    expect(await play(await joined(), asked)).toBe(true);
    expect([good.state, bad.state, late.state]).toEqual(['lost', 'pending', 'pending']);
    expect(await play(await joined(), asked)).toBe(true);
    expect(await ready).toMatchObject({ name: 'ApplicationError', uri: 'wamp.error.protocol_violation', message: TEXT });
    expect([bad.state, bad.error?.message]).toEqual(['closed', TEXT]);
    expect(await play(await joined(), asked)).toBe(false);
    expect([good.state, late.state, connection.status.state]).toEqual(['active', 'active', 'joined']);
    expect([connection.handles, reported]).toEqual([[good, late], []]);
    expect(asked.filter((uri) => uri === 'com.example.bad')).toHaveLength(2);
  },
);

it('[H1] [C08] an aborted handle is reported to on("error") if nobody awaits it', async () => {
  const { connection, reported, joined } = connecting();
  connection.register('com.example.bad', () => 1);
  for (let i = 0; i < 2; i++) await play(await joined(), []);
  expect(reported).toEqual([[TEXT, 'registration', 'com.example.bad']]);
});

it('[H1] [C08] three ABORTs in a row are enough if something else is sent each time', async () => {
  const { connection, joined } = connecting();
  const bad = connection.register('com.example.bad', () => 1);
  connection.on('open', () => connection.publish('com.example.hello'));
  for (const state of ['pending', 'pending', 'closed']) {
    await play(await joined(), []);
    expect(bad.state).toBe(state);
  }
});

it('[H1] [C07] a GOODBYE, or an ABORT that ends all sessions, refuses no handle', async () => {
  const { connection, reported, joined } = connecting();
  const handle = connection.register('com.example.good', () => 1);
  for (let i = 0; i < 4; i++) {
    const peer = await joined();
    peer.send(i % 2 ? GOODBYE({}, 'wamp.close.system_shutdown') : ABORT({}, 'wamp.close.system_shutdown'));
    await settled();
    expect(handle.state).toBe('pending');
  }
  await play(await joined(), []);
  expect([handle.state, reported]).toEqual(['active', []]);
});

it('handles have no close(), which would forget them without UNSUBSCRIBE or UNREGISTER', () => {
  const { connection } = connecting();
  for (const handle of [connection.subscribe('com.example.t', () => {}), connection.register('com.example.p', () => {})]) {
    handle.ready.catch(() => {});
    expect('close' in handle).toBe(false);
  }
});
