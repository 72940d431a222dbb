/* The code of docs/guide/production.md, and the health check of its Dockerfile. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import path from 'node:path';
import * as node from 'autostrada/node';
import { Router } from 'autostrada/router';
import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const examples = examplesOf('production.md', { 'node:http': http, 'autostrada/node': node });
const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/production.md'), 'utf8');
const asides = /^(in production|process\.once|WebSocket and)/;

test('[H12] the guide to production has four examples, which do what they say', async () => {
  expect(examples.length).toBe(4);
  for (const { run, promised } of examples) {
    const said = promised.filter((text) => !asides.test(text));
    expect(said.length).toBeGreaterThan(0);
    expect(await run()).toEqual(said);
  }
});

test('[H12] the health check of its container tells whether a router listens', async () => {
  const check = JSON.parse(/^ {2}CMD (\[.*\])$/m.exec(page)?.[1] ?? '[]');
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await node.listen(router, { port: 0 });
  const ask = (): Promise<unknown> => {
    const child = spawn(process.execPath, [check[1], check[2].replace('8080', String(listener.port))]);
    return new Promise((resolve) => child.once('close', resolve));
  };
  expect(await ask()).toBe(0);
  await listener.close();
  await router.close();
  expect(await ask()).toBe(1);
});
