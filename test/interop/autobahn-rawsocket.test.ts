/* Autobahn|JS by RawSocket, at our port. It speaks JSON there, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { rawSocket } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listening } from '../node/listening.ts';

interface AutobahnSession {
  register(procedure: string, endpoint: (args: unknown[]) => unknown): Promise<unknown>;
  call(procedure: string, args: unknown[]): Promise<unknown>;
  subscribe(topic: string, handler: (args: unknown[]) => void): Promise<unknown>;
  publish(topic: string, args: unknown[], kwargs: object, options: { acknowledge: true }): Promise<unknown>;
}
interface AutobahnConnection {
  onopen: (session: AutobahnSession) => void;
  onclose: (reason: string) => boolean;
  open(): void;
  close(): void;
}
const autobahn = createRequire(import.meta.url)('autobahn') as { Connection: new (options: object) => AutobahnConnection };

async function joined(transport: object): Promise<{ session: AutobahnSession; close: () => Promise<string> }> {
  const connection = new autobahn.Connection({
    realm: 'realm1',
    transports: [{ type: 'rawsocket', ...transport }],
    max_retries: 0,
  });
  const closed = new Promise<string>((resolve) => {
    connection.onclose = (reason) => {
      resolve(reason);
      return true;
    };
  });
  const session = await new Promise<AutobahnSession>((resolve) => {
    connection.onopen = resolve;
    connection.open();
  });
  return {
    session,
    close: () => {
      connection.close();
      return closed;
    },
  };
}

describe('Autobahn|JS by RawSocket', () => {
  test.each(['tcp', 'unix'])('[R81] calls and publishes, is called and receives events, over %s', async (kind) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-interop-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'router.sock');
    const { router, listener } = await listening(kind === 'unix' ? { socketPath } : {});
    const transport = kind === 'unix' ? { path: socketPath } : { host: '127.0.0.1', port: listener.port };
    const { session, close } = await joined(transport);
    const ours = new Connection({ url: rawSocket(listener.rawSocketUrl ?? ''), realm: 'realm1' });
    await ours.register('com.ours.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await session.call('com.ours.add', [2, 3])).toBe(5);
    await session.register('com.theirs.upper', ([text]) => String(text).toUpperCase());
    expect(await ours.call('com.theirs.upper', ['grüße'])).toBe('GRÜSSE');
    const heard: unknown[] = [];
    await session.subscribe('com.topic', ([value]) => heard.push(['theirs', value]));
    await ours.subscribe('com.topic', ([value]: [unknown]) => heard.push(['ours', value])).ready;
    await ours.publish('com.topic', [1], null, { acknowledge: true });
    await session.publish('com.topic', ['x'.repeat(100_000)], {}, { acknowledge: true });
    await expect.poll(() => heard.length).toBe(2);
    expect(heard).toEqual([
      ['theirs', 1],
      ['ours', 'x'.repeat(100_000)],
    ]);
    await ours.close();
    expect(await close()).toBe('closed');
    await expect.poll(() => router.sessions).toEqual([]);
  });
});
