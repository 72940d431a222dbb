/*
 * Where the engines play: the embedded router with what the suites in test/engines/page/ call, and a server for the page and its result. Nothing
 * here knows which engine it is.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { ApplicationError, Connection, type InvocationDetails, Result } from 'autostrada';
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

/** A script, and how it is tried. */
export interface Ladder {
  readonly name: string;
  /** Of dist/, in this order. */
  readonly scripts: readonly string[];
  /** Globals of ours. */
  readonly globals: readonly string[];
  /** Of test/engines/page/: what says the steps. */
  readonly suites: readonly string[];
  readonly steps: number;
}

export const ladders: readonly Ladder[] = [
  {
    name: 'autostrada.min.js',
    scripts: ['autostrada.min.js', 'argon2.min.js', 'autobahn.min.js'],
    globals: ['autostrada', 'autobahn'],
    suites: ['autostrada.js'],
    steps: 42,
  },
  {
    name: 'autobahn.min.js',
    scripts: ['autobahn.min.js'],
    globals: ['autobahn'],
    suites: ['autobahn-line.js', 'autobahn.js', 'autobahn-logins.js'],
    steps: 42,
  },
];

/** What old engines lack, and the standard has: the scripts may add these. */
export const standardGlobals: readonly string[] = [
  'AbortController',
  'AbortSignal',
  'Map',
  'Promise',
  'Set',
  'Symbol',
  'WeakMap',
  'globalThis',
];

/** The files up to what starts the ladder, in order. `first` comes before all else. */
export function filesOf({ scripts, suites }: Ladder, isIe10: boolean, first: string): readonly string[] {
  const before = [first, ...(isIe10 ? ['ie10.js'] : []), 'before.js'];
  return [...before.map(pageFile), ...scripts.map(distFile), ...['after.js', 'ladder.js', ...suites].map(pageFile)];
}

/** What a suite is told. */
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
  url(ladder: Ladder, isIe10: boolean): string;
  /** The next report of a page. */
  report(): Promise<Report>;
  close(): Promise<void>;
}

const pathOf = ({ name }: Ladder, isIe10: boolean): string => `/?${name}${isIe10 ? '&ie10' : ''}`;
const pages = ladders.flatMap((ladder) =>
  [true, false].map((isIe10) => {
    const files = [...filesOf(ladder, isIe10, 'harness.js'), pageFile('start.js')];
    const tags = files.map((file) => `<script src="/${path.basename(file)}"></script>`);
    tags.splice(-1, 0, '<script src="/options.js"></script>');
    const html = `<!doctype html><meta charset="utf-8"><title>engine</title><body>${tags.join('')}`;
    return { path: pathOf(ladder, isIe10), files, html };
  }),
);
const files = pages.flatMap((page) => page.files);

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
    const name = (request.url ?? '/').slice(1);
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
          connection: 'close', // on one that is kept, PhantomJS now and then never asks for a script, and waits for it
          'content-security-policy': `default-src 'none'; script-src 'self'; connect-src 'self' ${options.url}`,
        })
        .end(text);
    const page = pages.find((one) => one.path === request.url);
    const file = files.find((one) => path.basename(one) === name);
    if (page) send('text/html', page.html);
    else if (name === 'options.js') send('text/javascript', `window.options = ${JSON.stringify(options)};`);
    else if (file) send('text/javascript', readFileSync(file, 'utf8'));
    else response.writeHead(404).end();
  });
  let refusals = 0;
  server.on('upgrade', (_, socket: Socket) => {
    if (refusals-- > 0) socket.destroy();
    lines.add(socket);
    socket.on('close', () => lines.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const listener = await listen(router, { server });
  const key = await argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 });
  const options: SuiteOptions = {
    url: listener.url,
    keys: { privateKey: keys.privateKey, routerKey: routerKeys.publicKey },
    argon2: [...key],
  };
  const farEnd = await openFarEnd(router, (refused) => {
    refusals = refused;
    for (const socket of lines) socket.destroy();
  });

  return {
    options,
    url: (ladder, isIe10) => `${origin}${pathOf(ladder, isIe10)}`,
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

/** What the suites call. `cut` ends all lines to the router without a word, and refuses so many new ones. */
async function openFarEnd(router: Router, cut: (refused: number) => void): Promise<Connection> {
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
    // Until it is stopped.
    slow: (_: unknown, { signal }: InvocationDetails) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    // After the answer has left.
    cut: ([refused]: [number]) => {
      setTimeout(cut, 20, refused);
    },
  };
  for (const [name, endpoint] of Object.entries(endpoints)) {
    await farEnd.register(`test.${name}`, async (args: never, _, details) => {
      const value: unknown = await endpoint(args, details);
      return Array.isArray(value) ? new Result(value) : value;
    }).ready;
  }
  return farEnd;
}
