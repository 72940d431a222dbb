// A frame whose payload cannot be read, over a connector of ours: it ends neither the process nor the session.
import { Connection, serializer } from 'autostrada/autobahn';
import { cbor } from 'autostrada/cbor';
import { expect, it, onTestFinished, vi } from 'vitest';
import { open } from '../../src/autobahn/transports/line.ts';
import { settled } from '../fixtures/manual-clock.ts';
import { ABORT, EVENT, SUBSCRIBED } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye } from '../fixtures/scripted-session.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
/** EVENT of subscription 77, nested too deeply; with references; with an integer key; and cut off. */
const deep = hex(`851824184d01a0${'81'.repeat(1200)}80`);
const references = hex('851824184d02a082d81c6161d81d00');
const integerKey = hex('851824184d03a081a10102');
const malformed = hex('851824184d04a081');

async function joined(): Promise<{ readonly connection: Connection; readonly peer: ScriptedPeer; readonly heard: unknown[] }> {
  const router = new ScriptedRouter(cbor());
  const create = () =>
    open(router, [new serializer.CBORSerializer()], { type: 'scripted', url: 'scripted:', protocol: 'wamp.2.cbor' });
  const connection = new Connection({ realm: 'realm1', url: 'ws://127.0.0.1:1/', max_retries: 0 });
  connection._transport_factories = [{ type: 'scripted', create }];
  const heard: unknown[] = [];
  connection.onopen = (session) => void session.subscribe('com.example.news', (args) => void heard.push(args?.[0]));
  connection.open();
  const peer = await router.joined();
  await peer.next();
  peer.send(SUBSCRIBED(1, 77));
  await settled();
  void answerGoodbye(peer);
  onTestFinished(() => connection.native.close());
  return { connection, peer, heard };
}

it('[H3] [C32] an event that cannot be read hurts no other', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => error.mockRestore());
  const { connection, peer, heard } = await joined();
  for (const frame of [deep, references, integerKey]) peer.sendFrame(frame);
  peer.send(EVENT(77, 5, {}, ['good']));
  await settled();
  expect(heard).toEqual([{ 1: 2 }, 'good']);
  expect(connection.isOpen).toBe(true);
  expect(error.mock.calls.map(([where]) => where)).toEqual(Array(2).fill('autostrada: in event com.example.news:'));
});

it('[H3] [C11] a frame that cannot be read at all ends the session by the rules, and not the process', async () => {
  const { connection, peer } = await joined();
  const closed = new Promise((resolve) => {
    connection.onclose = (reason) => {
      resolve(reason);
      return true;
    };
  });
  peer.sendFrame(malformed);
  expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
  expect(await closed).toBe('closed');
});

it('[H8] what ended the session is reported to `onclose`, and the exit code is left to the program', async () => {
  const { exitCode } = process;
  process.exitCode = undefined;
  onTestFinished(() => {
    process.exitCode = exitCode;
  });
  const { connection, peer } = await joined();
  const closed = new Promise((resolve) => {
    connection.onclose = resolve;
  });
  peer.sendFrame(malformed);
  await closed;
  await settled();
  expect(process.exitCode).toBeUndefined();
});
