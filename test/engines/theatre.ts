/*
 * Where the engines play: the embedded router with what test/engines/page/suite.js calls, and a server for the page and its result. Nothing
 * here knows which engine it is.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { ApplicationError, Connection, Result } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { generateKeyPair } from 'autostrada/cryptosign';
import { listen } from 'autostrada/node';
import { Router, type UserConfig } from 'autostrada/router';
import { scramEntry } from 'autostrada/scram';
import { deriveKey } from 'autostrada/wampcra';

const root = path.resolve(import.meta.dirname, '../..');
export const pageFile = (name: string): string => path.join(import.meta.dirname, 'page', name);
export const distFile = (name: string): string => path.join(root, 'dist', name);

/** `[name of the step, what went wrong]` */
export type Outcome = readonly [step: string, error?: string | null];

export interface Report {
  readonly outcomes: readonly Outcome[];
  /** Uncaught errors, and violations of the policy. */
  readonly complaints: readonly string[];
  /** Globals that the scripts have added. */
  readonly added: readonly string[];
  /** What could not be taken away. */
  readonly left: readonly string[];
  readonly agent: string;
}

/** What suite.js is told. */
export interface SuiteOptions {
  readonly url: string;
  readonly keys: { readonly privateKey: string; readonly routerKey: string };
  readonly argon2: readonly number[];
  /** Leaves out what takes engines minutes whose strings are slow. */
  readonly isShort?: boolean;
}

export interface Theatre {
  readonly options: SuiteOptions;
  /** The page's URL: with or without what Internet Explorer 10 does not have. */
  url(isIe10: boolean): string;
  /** The next report of a page. */
  report(): Promise<Report>;
  close(): Promise<void>;
}

const scripts = [
  'harness.js',
  'ie10.js',
  'before.js',
  'autostrada.min.js',
  'argon2.min.js',
  'after.js',
  'suite.js',
  'options.js',
  'start.js',
];

export async function openTheatre(): Promise<Theatre> {
  const [keys, routerKeys] = [generateKeyPair(), generateKeyPair()];
  const salted = { salt: 'salt123', iterations: 100, keylen: 32 };
  const users: Record<string, UserConfig> = {
    joe: { authrole: 'user', ticket: 'secret' },
    peter: { authrole: 'user', wampcra: { secret: 'secret' } },
    petra: { authrole: 'user', wampcra: { key: await deriveKey('pässword', salted.salt, salted), ...salted } },
    carol: { authrole: 'user', scram: await scramEntry('secret', { iterations: 4096 }) },
    carla: { authrole: 'user', scram: await scramEntry('secret', { argon2id, iterations: 1, memoryKiB: 4096 }) },
    owner: { authrole: 'user', cryptosign: { publicKeys: [keys.publicKey] } },
  };
  const login = { authroles: { user: { permissions: 'all' as const } }, users, privateKey: routerKeys.privateKey };
  const router = new Router({ realms: { open: 'open', login } });

  const lines = new Set<Socket>();
  let hear: ((report: Report) => void) | undefined;
  const server = createServer((request, response) => {
    const [name = '', query] = (request.url ?? '/').slice(1).split('?');
    if (request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        response.end();
        hear?.(JSON.parse(body));
      });
      return;
    }
    const send = (type: string, text: string): unknown =>
      response
        .writeHead(200, {
          'content-type': `${type}; charset=utf-8`,
          'content-security-policy': `default-src 'none'; script-src 'self'; connect-src 'self' ${options.url}`,
        })
        .end(text);
    const tags = scripts
      .filter((script) => script !== 'ie10.js' || query === 'ie10')
      .map((script) => `<script src="/${script}"></script>`);
    if (name === '') send('text/html', `<!doctype html><meta charset="utf-8"><title>engine</title><body>${tags.join('')}`);
    else if (name === 'options.js') send('text/javascript', `window.options = ${JSON.stringify(options)};`);
    else if (scripts.includes(name))
      send('text/javascript', readFileSync(name.endsWith('.min.js') ? distFile(name) : pageFile(name), 'utf8'));
    else response.writeHead(404).end();
  });
  server.on('upgrade', (_, socket: Socket) => {
    lines.add(socket);
    socket.on('close', () => lines.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const listener = await listen(router, { server });
  const key = await argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 });
  const options: SuiteOptions = {
    url: listener.url,
    keys: { privateKey: keys.privateKey, routerKey: routerKeys.publicKey },
    argon2: [...key],
  };
  const farEnd = await openFarEnd(router, () => {
    for (const socket of lines) socket.destroy();
  });

  return {
    options,
    url: (isIe10) => `${origin}${isIe10 ? '?ie10' : ''}`,
    report: () =>
      new Promise((resolve) => {
        hear = resolve;
      }),
    close: async () => {
      await farEnd.close();
      await listener.close();
      await router.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What the suite calls. `cut` ends all lines to the router without a word. */
async function openFarEnd(router: Router, cut: () => void): Promise<Connection> {
  const farEnd = new Connection({ url: router, realm: 'open' });
  const endpoints = {
    has_session: ([id]: [string]) => router.sessions.some((session) => String(session.id) === id),
    digits: (numbers: number[]) => [numbers.map((number) => (typeof number === 'number' ? String(number) : `a ${typeof number}`))],
    numbers: (digits: string[]) => [digits.map(Number)],
    echo: (values: unknown[]) => [values],
    reverse: ([bytes]: [Uint8Array]) => [Uint8Array.from(bytes).reverse()],
    fail: ([bytes]: [Uint8Array]): never => {
      throw new ApplicationError('com.example.failed', ['why', bytes], { code: 7 });
    },
    slow: () => new Promise<never>(() => {}),
    // After the answer has left.
    cut: () => {
      setTimeout(cut, 20);
    },
  };
  for (const [name, endpoint] of Object.entries(endpoints)) {
    await farEnd.register(`test.${name}`, async (args: never) => {
      const value: unknown = await endpoint(args);
      return Array.isArray(value) ? new Result(value) : value;
    }).ready;
  }
  return farEnd;
}
