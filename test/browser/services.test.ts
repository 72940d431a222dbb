// The processes that `npm start` runs beside the router: that they come back, and that none is left behind.
import { readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { root, startDemos, stopAll } from './processes.ts';

afterEach(stopAll);

const names = ['auth', 'chat', 'tournament', 'robot-1', 'robot-2'].map((name) => `chess/${name}`);

/** Whether somebody listens. */
const isTaken = (port: string) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

describe('services of the demos', () => {
  test('run in a process each, and restart after a crash', async () => {
    const demos = await startDemos('0', 'chess');
    const processes = await Promise.all(names.map((name) => demos.service(name)));
    expect(new Set(processes).size).toBe(names.length);
    for (const [index, name] of names.entries()) {
      process.kill(processes[index]!, 'SIGKILL');
      expect(await demos.service(name, processes[index])).not.toBe(processes[index]);
      expect(demos.err()).toMatch(new RegExp(`${name} *\\| delayed: it was ended by SIGKILL; it starts again in \\d+ ms\n`));
    }
  });

  // All of them write to the same pipe, which is closed when the last one has ended: that is what `stop` waits for.
  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGKILL'] as const)(
    'end with the process that started them, by %s, even while they are starting',
    async (signal) => {
      const started = await startDemos('0', 'chess');
      await Promise.all(names.map((name) => started.service(name)));
      await started.stop(signal);
      expect(await isTaken(started.port)).toBe(false);
      const starting = await startDemos('0', 'chess');
      await starting.stop(signal);
      expect(await isTaken(starting.port)).toBe(false);
    },
  );
});

test('no file of the demos is longer than 200 lines, or uses what the package does not export', async () => {
  const { readFileSync } = await import('node:fs');
  const files = readdirSync(path.join(root, 'examples'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(m?js|ts|html|css)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const name of files) {
    const text = readFileSync(path.join(root, 'examples', name), 'utf8');
    expect(text.split('\n').length, name).toBeLessThanOrEqual(201);
    expect(text, name).not.toMatch(/from '[^']*(\/src\/|\/dist\/)/);
  }
});
