/* The `curl` commands of docs/guide/http.md give what the page says. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as honoServer from '@hono/node-server';
import * as honoResponse from '@hono/node-server/utils/response';
import * as autostrada from 'autostrada';
import { defineContract } from 'autostrada/contract';
import * as node from 'autostrada/node';
import { Router } from 'autostrada/router';
import * as express from 'express';
import * as fastify from 'fastify';
import * as hono from 'hono';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { bridgeChecks } from '../../src/node/http-bridge/bridge-config.ts';
import { examplesOf } from '../fixtures/guide.ts';

const run = promisify(execFile);
const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/http.md'), 'utf8');
const [setUp = '', services = ''] = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

/** Each command, and what it prints. */
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  [...block.matchAll(/^(curl .*)\n((?:# .*\n)+)/gm)].map(
    ([, command = '', said = '']) => [command, said.replace(/^# /gm, '')] as const,
  ),
);

test('[K6] the commands of the guide to the HTTP bridge print what it shows', async () => {
  expect(setUp).toContain('listen(router, { port: 8080, http: true })');
  const router = new Router({ realms: { realm1: 'open' } });
  const http = { crossbarCall: '/bridge/call', crossbarPublish: '/bridge/publish' };
  const listener = await node.listen(router, { port: 0, http });
  const program = services.replace(/^import .*$/gm, '').replace('ws://127.0.0.1:8080/ws', listener.url);
  const { ApplicationError, Connection, Result } = autostrada;
  const made = new Function('ApplicationError', 'Connection', 'Result', `${program}; return service;`);
  const service: autostrada.Connection = made(ApplicationError, Connection, Result);
  await Promise.all(service.handles.map(({ ready }) => ready));
  expect(commands.length).toBe(12);
  for (const [command, said] of commands) {
    // Older versions of curl do not have --json.
    const type = "-H 'Content-Type: application/json' --data";
    const { stdout } = await run('sh', [
      '-c',
      command.replace(':8080', `:${listener.port}`).replace('--json', type).replace('curl ', 'curl -s '),
    ]);
    expect(`${command}\n${stdout.trim()}`).toBe(`${command}\n${said.trim()}`);
  }
  await service.close();
  await listener.close();
  await router.close();
});

test.each(
  examplesOf('http.md', {
    'autostrada/node': node,
    '@hono/node-server': honoServer,
    '@hono/node-server/utils/response': honoResponse,
    express,
    fastify,
    hono,
  }).flatMap((example) => {
    const [, framework] = /from '(express|fastify)'/.exec(example.code) ?? [];
    return framework === undefined ? [] : [[framework, example] as const];
  }),
)('[K6] the example for %s in the guide to the HTTP bridge does what it says', async (framework, { run }) => {
  expect(await run()).toEqual(framework === 'express' ? ['5'] : ['5', '5']);
});

test('[K6] the contract in the guide to the HTTP bridge gives a document', async () => {
  const [code = ''] = [...page.matchAll(/^```js\n\/\/ contract\.mjs\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const made = new Function('defineContract', 'z', code.replace(/^import .*$/gm, '').replace('export default', 'return'));
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await node.listen(router, { port: 0, http: { openapi: { contract: made(defineContract, z) } } });
  const answer = await fetch(`http://127.0.0.1:${listener.port}/openapi.json`);
  const uris = ['/call/com.example.greet', '/publish/com.example.news', '/events/com.example.news'];
  expect(Object.keys(Object(await answer.json()).paths)).toEqual(uris);
  await listener.close();
  await router.close();
});

test('[K6] the guide to the HTTP bridge has every option', () => {
  const [, table = ''] = /^## Options\n([\s\S]*?)^## /m.exec(page) ?? [];
  const names = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(names.sort()).toEqual(Object.keys(bridgeChecks).sort());
});
