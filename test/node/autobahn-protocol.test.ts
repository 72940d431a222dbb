/* `Protocol` of the deep import, over TCP and unix sockets, with our router at the other end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Factory, Protocol, ProtocolError, type ProtocolOptions } from 'autostrada/autobahn/lib/transport/rawsocket.js';
import { expect, onTestFinished, test } from 'vitest';
import { CALL, GOODBYE, HELLO, REGISTER, RESULT, YIELD } from '../fixtures/messages.ts';
import { listening } from './listening.ts';

type Message = [type: number, ...rest: unknown[]];

interface Talk {
  readonly protocol: Protocol;
  readonly socket: Socket;
  /** What has come, but for what was asked for. */
  readonly heard: Message[];
  readonly errors: Error[];
  next(type: number): Promise<Message>;
}

async function talking(where: { port: number } | { path: string }, options?: ProtocolOptions): Promise<Talk> {
  const socket = connect('port' in where ? { ...where, host: '127.0.0.1' } : where);
  onTestFinished(() => void socket.destroy());
  const protocol = new Protocol(socket, options);
  const heard: Message[] = [];
  const errors: Error[] = [];
  protocol.on('data', (message) => heard.push(message));
  protocol.on('error', (error) => errors.push(error));
  await new Promise<void>((resolve) => protocol.once('connect', resolve));
  const next = async (type: number): Promise<Message> => {
    await expect.poll(() => heard.some(([kind]) => kind === type)).toBe(true);
    return heard.splice(
      heard.findIndex(([kind]) => kind === type),
      1,
    )[0] as Message;
  };
  return { protocol, socket, heard, errors, next };
}

const hello = HELLO('realm1', { roles: { caller: {}, callee: {}, publisher: {}, subscriber: {} } });

test.each(['tcp', 'unix'])('a program that speaks WAMP itself registers, calls and says GOODBYE, over %s', async (kind) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-protocol-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const socketPath = path.join(folder, 'router.sock');
  const { router, listener } = await listening(kind === 'unix' ? { socketPath } : {});
  const { protocol, socket, next, errors } = await talking(kind === 'unix' ? { path: socketPath } : { port: listener.port ?? 0 });
  protocol.write(hello);
  expect((await next(2)).length).toBe(3);
  protocol.write(REGISTER(1, {}, 'com.example.echo'));
  await next(65);
  const text = 'ü'.repeat(100_000);
  protocol.write(CALL(2, {}, 'com.example.echo', [text]));
  const [, invocation, , , args] = await next(68);
  expect(args).toEqual([text]);
  protocol.write(YIELD(invocation, {}, [text]));
  expect(await next(50)).toEqual(RESULT(2, {}, [text]));
  protocol.write(GOODBYE({}, 'wamp.close.close_realm'));
  expect((await next(6))[2]).toBe('wamp.close.goodbye_and_out');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  expect(protocol.close()).toBe(protocol.STATUS.CLOSED);
  expect(await closed).toBe(false);
  expect(errors).toEqual([]);
  await expect.poll(() => router.sessions).toEqual([]);
});

test('the router answers the program’s PINGs, and ends when the program closes', async () => {
  const { listener } = await listening();
  const { protocol, socket, errors } = await talking({ port: listener.port ?? 0 }, { autoping: 20, ping_timeout: 15 });
  const before = socket.bytesRead;
  await expect.poll(() => socket.bytesRead).toBeGreaterThan(before + 3 * 259 - 1);
  expect(errors).toEqual([]);
  const closed = new Promise((resolve) => protocol.once('close', resolve));
  protocol.close();
  expect(await closed).toBe(false);
});

test('the router’s limit applies to what the program writes', async () => {
  const { listener } = await listening();
  const { protocol, errors, next } = await talking({ port: listener.port ?? 0 });
  protocol.write(hello);
  await next(2);
  protocol.write(['x'.repeat(2 ** 24)]);
  expect(errors).toEqual([new ProtocolError('Frame too big')]);
  expect(errors[0]).toBeInstanceOf(ProtocolError);
  protocol.write(GOODBYE({}, 'wamp.close.close_realm'));
  await next(6);
});

test('the transport in the registry is the one of the deep import', async () => {
  const { transports } = await import('autostrada/autobahn');
  expect(transports.get('rawsocket')).toBe(Factory);
  const real = createRequire(import.meta.url)('autobahn/lib/transport/rawsocket.js') as object;
  expect(Object.keys(real).sort()).toEqual(['Factory', 'Protocol', 'ProtocolError']);
});
