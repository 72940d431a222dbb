// `Protocol` of the deep import, where it does what Autobahn|JS cannot. What both do: test/compat/protocol.ts.
import { Protocol, ProtocolError } from 'autostrada/autobahn/lib/transport/rawsocket.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as inBrowsers from '../../src/autobahn/transports/protocol-browser.ts';
import { RawsocketFactory } from '../../src/autobahn/transports/rawsocket-browser.ts';
import { frame, Stream } from '../compat/raw-stream.ts';

/** After the handshake. */
function shaken(): { protocol: Protocol; stream: Stream; heard: unknown[]; errors: unknown[] } {
  const stream = new Stream();
  const protocol = new Protocol(stream);
  const heard: unknown[] = [];
  const errors: unknown[] = [];
  protocol.on('data', (message) => heard.push(message));
  protocol.on('error', (error) => errors.push(error));
  stream.emit('connect');
  stream.deliver(0x7f, 0xf1, 0, 0);
  stream.written.length = 0;
  return { protocol, stream, heard, errors };
}

test('a message of exactly 2^24 bytes goes and comes, in pieces as well', () => {
  const { protocol, stream, heard, errors } = shaken();
  const text = 'x'.repeat(2 ** 24 - 2);
  protocol.write(text);
  const [octets] = stream.written as [Buffer];
  expect([octets.length, ...octets.subarray(0, 4)]).toEqual([2 ** 24 + 4, 8, 0, 0, 0]);
  for (let at = 0; at < octets.length; at += 65_536) stream.deliver(octets.subarray(at, at + 65_536));
  expect(heard.length).toBe(1);
  expect(heard[0] === text).toBe(true);
  expect(errors).toEqual([]);
});

test('the 25th bit of a length with any other is refused', () => {
  const { stream, errors } = shaken();
  stream.deliver(8, 0, 0, 1);
  expect(errors).toEqual([new ProtocolError('Invalid frame type: 0x8')]);
  expect(stream.ends).toBe(1);
});

test('a chunk with a hundred thousand frames is read in one go', () => {
  const { stream, heard } = shaken();
  stream.deliver(Buffer.alloc(500_000, frame(0, '7')));
  expect(heard.length).toBe(100_000);
});

test('what a handler throws harms no frame after it', () => {
  const { protocol, stream, heard } = shaken();
  protocol.once('data', () => {
    throw new Error('in the handler');
  });
  expect(() => stream.deliver(frame(0, '1'), frame(0, '2'))).toThrow('in the handler');
  stream.deliver(frame(0, '3'));
  expect(heard).toEqual([1, 2, 3]);
});

test('a stream that answers within write is understood', () => {
  const answers = [Buffer.of(0x7f, 0xf1, 0, 0), frame(2, 'hi')];
  const stream = new Stream();
  stream.write = () => stream.emit('data', answers.shift());
  const protocol = new Protocol(stream);
  const told: unknown[] = [];
  for (const event of ['connect', 'error']) protocol.on(event, (given) => told.push([event, given]));
  stream.emit('connect');
  protocol.ping('hi');
  expect(told).toEqual([['connect', undefined]]);
});

test('a PING that was answered before it had left is not missed', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { protocol, stream, errors } = shaken();
  protocol.ping('hi');
  stream.deliver(frame(2, 'hi'));
  stream.flush();
  expect(vi.getTimerCount()).toBe(0);
  expect(errors).toEqual([]);
});

test('bundles for browsers have its names, which say that there is none', () => {
  expect(Object.keys(inBrowsers).sort()).toEqual(['Protocol', 'ProtocolError']);
  expect(() => new inBrowsers.Protocol()).toThrow('No RawSocket support in browser');
  expect(() => new RawsocketFactory({}).create()).toThrow('No RawSocket support in browser');
});
