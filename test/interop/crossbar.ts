/*
 * Crossbar.io, the router that most have: from PyPI (`CROSSBAR_PATH`, or on the path). Where there is none, the tests are skipped, and say so.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, listening } from './ports.ts';

/** The program, or why there is none. */
export function findCrossbar(): { readonly program: string } | { readonly whyNot: string } {
  const program = process.env.CROSSBAR_PATH ?? 'crossbar';
  try {
    execFileSync(program, ['version'], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
    return { program };
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    const why = String(stderr ?? error).trim();
    return { whyNot: code === 'ENOENT' ? `there is no ${program} here` : `${program} does not start: ${why.slice(-300)}` };
  }
}

export interface Crossbar {
  readonly webSocketUrl: string;
  readonly webPort: number;
  readonly rawSocketUrl: string;
  /** The workers are children of this process. */
  readonly pid: number | undefined;
  stop(): void;
}

const everything = {
  uri: '',
  match: 'prefix',
  allow: { call: true, register: true, publish: true, subscribe: true },
  disclose: { caller: true, publisher: true },
  cache: true,
};

/** What its logins take. The keys of carol are those of `secret3`, PBKDF2, 4096 rounds; dave's are those of `secret4`, by its own Python. */
const auth = {
  anonymous: { type: 'static', role: 'anonymous' },
  ticket: { type: 'static', principals: { joe: { ticket: 'secret1', role: 'user' } } },
  wampcra: {
    type: 'static',
    users: {
      peter: { secret: 'secret2', role: 'user' },
      petra: { secret: 'secret2', role: 'user', salt: 'salt123', iterations: 1000, keylen: 32 },
    },
  },
  cryptosign: {
    type: 'static',
    principals: {
      client01: {
        realm: 'realm1',
        role: 'user',
        authorized_keys: ['03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'], // of the seed 00 01 … 1f
      },
    },
  },
  scram: {
    type: 'static',
    principals: {
      carol: {
        kdf: 'pbkdf2',
        iterations: 4096,
        memory: 0,
        role: 'user',
        salt: 'a0b1c2d3e4f5061728394a5b6c7d8e9f',
        'stored-key': '2f049f3ba39d3539c68eb7758ffcce5aa8c35eca440783052c9e1ba7550de4b4',
        'server-key': 'f7217047dd19072edc2628396dbea63a90054e468b900d111bce7056c5f0759f',
      },
      'dave@example.com': {
        kdf: 'argon2id-13',
        iterations: 2,
        memory: 4096,
        role: 'user',
        salt: '00112233445566778899aabbccddeeff',
        'stored-key': 'f4425a51d4a95c4e343853a29faa2a4cff99af033863c2f9fcecac156cc410c3',
        'server-key': 'e4acd58f326fe63847d3175ffc6db51b73688b8415fd231b7614f9fa3b56dd0d',
      },
    },
  },
} as const;

function configure(web: number, raw: number, history: readonly string[]): object {
  const tcp = (port: number) => ({ type: 'tcp', interface: '127.0.0.1', port });
  const serializers = ['cbor', 'msgpack', 'json'];
  const realm = {
    name: 'realm1',
    options: { uri_check: 'loose', enable_meta_api: true },
    store: { type: 'memory', 'event-history': history.map((uri) => ({ uri, limit: 1000 })) },
    roles: ['anonymous', 'user'].map((name) => ({ name, permissions: [everything] })),
  };
  const paths = {
    '/': { type: 'static', directory: '../web' },
    ws: { type: 'websocket', serializers, auth, options: { allowed_origins: ['*'] } },
  };
  const { anonymous } = auth;
  const transports = [
    { type: 'web', id: 'web1', endpoint: tcp(web), paths },
    { type: 'rawsocket', id: 'raw1', endpoint: tcp(raw), serializers, auth: { anonymous } },
  ];
  const worker = { type: 'router', id: 'router1', realms: [realm], transports };
  return { version: 2, controller: {}, workers: [worker] };
}

/** @param history - The topics whose events it keeps. */
export async function startCrossbar(program: string, history: readonly string[] = ['com.example.history']): Promise<Crossbar> {
  const [web, raw] = [await freePort(), await freePort()];
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-crossbar-'));
  for (const name of ['.crossbar', 'web']) mkdirSync(path.join(folder, name));
  const cbdir = path.join(folder, '.crossbar');
  writeFileSync(path.join(cbdir, 'config.json'), JSON.stringify(configure(web, raw, history)));
  // A group of its own: the workers are processes, too.
  const child: ChildProcess = spawn(program, ['start', '--cbdir', cbdir], { cwd: folder, stdio: 'ignore', detached: true });
  const stop = (): void => {
    process.off('exit', stop);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.on('exit', stop); // also if this process ends before Crossbar.io listens
  await Promise.all([listening(child, web), listening(child, raw)]);
  return {
    webSocketUrl: `ws://127.0.0.1:${web}/ws`,
    webPort: web,
    rawSocketUrl: `rs://127.0.0.1:${raw}`,
    pid: child.pid,
    stop,
  };
}
