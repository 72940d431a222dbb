/* What throws in an event of a server, because of what a user gave to `listen`, ends that connection, and not the process. */
import { connect } from 'node:net';
import { Connection, json, type Serializer } from 'autostrada';
import { type ListenOptions, listen } from 'autostrada/node';
import { type LogEntry, Router } from 'autostrada/router';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { HELLO } from '../fixtures/messages.ts';
import { get, rawClient } from './listening.ts';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note);
});

const fail = (): never => {
  throw new Error('broken on purpose');
};

/** One that breaks on demand, at this member. */
function breaking(member: keyof Serializer | 'nothing'): { readonly serializer: Serializer; isBroken: boolean } {
  const plain = { ...json(), name: 'own', isStandard: false };
  const subject = {
    isBroken: false,
    serializer: new Proxy(plain as Serializer, {
      get: (target, key) => {
        if (!subject.isBroken || key !== member) return Reflect.get(target, key);
        return key === 'encode' || key === 'decode' ? fail : fail();
      },
    }),
  };
  return subject;
}

async function opened(options: ListenOptions, log: (entry: LogEntry) => void = () => {}) {
  const router = new Router({ realms: { realm1: 'open' } }, { log });
  const listener = await listen(router, { port: 0, ...options });
  onTestFinished(async () => {
    await listener.close();
    await router.close({ goodbye: false });
  });
  return { router, listener, port: listener.port };
}

/** What strangers send, of all kinds. */
async function attack(url: string, port: number): Promise<void> {
  for (const protocol of ['wamp.2.own', 'wamp.2.own.batched', 'wamp.2.none']) {
    const client = await rawClient(url, [protocol]).catch(() => undefined);
    client?.socket.removeAllListeners('message'); // batches are none of its own
    client?.send(HELLO('realm1', { roles: { caller: {} } }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    client?.socket.terminate();
  }
  const post = (path: string, body: string): Promise<string> =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, signal: AbortSignal.timeout(2000) }).then(
      (answer) => answer.text(),
      () => '',
    );
  const answer = await post('/lp/open', '{"protocols":["wamp.2.own","wamp.2.own.batched"]}');
  const transport = /"transport":"([^"]+)"/.exec(answer)?.[1] ?? 'none';
  await post(`/lp/${transport}/send`, '[1,"realm1",{"roles":{"caller":{}}}]');
  await post(`/lp/${transport}/close`, '');
  await get(port, '/', { host: 'evil.example' }).catch(() => undefined);
  await get(port, '/%00/..%5c', {}).catch(() => undefined);
  for (const octets of ['7ff10000', '7ff30000', '7fff0000', '7f000000']) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(Buffer.from(octets, 'hex'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
  }
}

const members = ['name', 'isBinary', 'encode', 'decode', 'isStandard'] as const;

test.each(members)('[G2] [R10] the router survives a serializer of the user that throws at %s', async (member) => {
  const subject = breaking(member as keyof Serializer);
  const { router, listener, port } = await opened({ serializers: [json(), subject.serializer] });
  subject.isBroken = true;
  await attack(listener.url, port);
  subject.isBroken = false;
  expect(uncaught).toEqual([]);
  const honest = new Connection({ url: listener.url, realm: 'realm1' });
  expect(await honest.call('wamp.session.count')).toBe(1);
  await honest.close();
  await expect.poll(() => router.stats().sessions).toBe(0);
});

test.each([
  ['throws', fail],
  ['rejects', () => Promise.reject(new Error('broken on purpose'))],
])('[G2] [R10] the router survives a log that %s', async (_how, log) => {
  const { listener, port } = await opened({ web: 'docs/images' }, log as () => void);
  await attack(listener.url, port);
  expect(uncaught).toEqual([]);
  expect((await get(port, '/none')).status).toBe(404);
});
