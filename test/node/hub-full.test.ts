/* A process that is there, but takes nothing of what others send to it; and paths that are too long for a unix socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { local, openHub } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FrameSocket } from '../../src/node/cluster/frame-socket.ts';
import { writeWords } from '../../src/node/cluster/hub-words.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'as-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe.skipIf(process.platform === 'win32')('[L2] the hub', () => {
  test('ends a process that does not take what others send to it, and nothing more waits for it', { timeout: 30_000 }, async () => {
    const at = folder();
    const ended: unknown[] = [];
    const hub = await openHub({ path: path.join(at, 'hub.sock'), silent: (one) => ended.push(one) });
    onTestFinished(() => hub.close());
    const taken: Socket[] = [];
    const deaf = createServer((socket) => void taken.push(socket.pause()));
    const own = path.join(at, 'deaf.sock');
    deaf.listen(own);
    onTestFinished(() => {
      for (const socket of taken) socket.destroy();
      deaf.close();
    });
    const socket = connect(hub.path);
    onTestFinished(() => void socket.destroy());
    const toHub = new FrameSocket(socket, { frame: () => {}, closed: () => {} });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    toHub.send(writeWords({ say: 'join', id: 1, path: own, pid: 4711, hasPorts: true }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const nodes: string[] = [];
    const gone: string[] = [];
    const events = { frame: () => {}, broken: () => {}, lost: () => {}, note: () => {} };
    const member = await local({ hub: hub.path }).join({
      ...events,
      up: (node) => void nodes.push(node),
      down: (node) => void gone.push(node),
    });
    onTestFinished(() => member.leave());
    expect(nodes.length).toBe(1);
    const frame = new Uint8Array(2 ** 24);
    for (let i = 0; i < 20; i++) member.send(nodes[0] ?? '', frame);
    expect(gone).toEqual(nodes);
    await expect.poll(() => ended).toEqual([{ pid: 4711, why: 'full' }]);
  });

  test('says that its path is too long', async () => {
    const at = path.join(folder(), 'x'.repeat(120));
    await expect(openHub({ path: at })).rejects.toThrow(/expected the path of a unix socket to have at most 103 bytes, got 1\d\d/);
  });
});
