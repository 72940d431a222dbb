/*
 * One script, two libraries: the real `autobahn` from npm and our layer. A script sees things (`see`), under labels; what was seen of both must be the
 * same, or stand in differences.ts. Ids and times that differ from run to run are the script's to leave out.
 */
import { createRequire } from 'node:module';
import * as layer from 'autostrada/autobahn';
import * as rawsocket from 'autostrada/autobahn/lib/transport/rawsocket.js';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import '../../src/autobahn/connection/restore.ts'; // which is loaded on demand: here it is at hand
import { WELCOME } from '../fixtures/messages.ts';
import { differences } from './differences.ts';
import { Line } from './line.ts';

export type Autobahn = typeof layer;
const require = createRequire(import.meta.url);
const real = require('autobahn') as Autobahn;

/** As real programs: it annotates nothing. */
// biome-ignore lint/suspicious/noExplicitAny: the scripts are JavaScript of the kind that users have
export type Any = any;

export interface Lab {
  readonly autobahn: Autobahn;
  /** The deep import. */
  readonly rawsocket: typeof rawsocket;
  /** What one of them does and the other need not. */
  readonly isReal: boolean;
  see(label: string, value: unknown): void;
  /** What is thrown, or what is given back. */
  attempt(run: () => unknown): unknown;
  /** Lets everything run that waits for no timer. */
  settle(): Promise<void>;
  /** A connection over transports that the script plays the other end of. */
  connection(options?: Any): { connection: Any; line: () => Line; lines: Line[] };
  /** The same, joined. `wire` is what the client sends from then on. */
  joined(options?: Any, welcome?: Any): Promise<{ connection: Any; session: Any; line: Line; wire: unknown[] }>;
  /** What went to the console as an error. */
  readonly errors: unknown[];
}

const turn = setImmediate;
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => turn(resolve));
};

/** The global WebSocket that Autobahn|JS wants. It listens to no error, which for `ws` would be an uncaught one. */
class Quiet extends WebSocket {
  constructor(...given: ConstructorParameters<typeof WebSocket>) {
    super(...given);
    this.on('error', () => {});
  }
}

export const welcome = {
  realm: 'realm1',
  authid: 'joe',
  authrole: 'user',
  authmethod: 'anonymous',
  roles: {
    broker: { features: { publisher_exclusion: true, pattern_based_subscription: true, event_retention: true } },
    dealer: { features: { call_canceling: true, progressive_call_results: true, caller_identification: true } },
  },
};

async function observe(autobahn: Autobahn, run: (lab: Lab) => Promise<void> | void): Promise<Map<string, unknown>> {
  const seen = new Map<string, unknown>();
  const errors: unknown[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  Object.assign(globalThis, { WebSocket: Quiet });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation((...items) => void errors.push(shape(items)));
  // when.js tells of rejections that nobody looks at by the event; so they are counted, and no failure of the run.
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => void errors.push(['unhandledRejection', shape(reason)]));
  const connections: Any[] = [];
  const lab: Lab = {
    autobahn,
    rawsocket: autobahn === layer ? rawsocket : require('autobahn/lib/transport/rawsocket.js'),
    isReal: autobahn !== layer,
    errors,
    settle,
    see: (label, value) => {
      if (seen.has(label)) throw new Error(`seen twice: ${label}`);
      seen.set(label, shape(value));
    },
    attempt: (given) => {
      try {
        return { gives: given() };
      } catch (thrown) {
        return { throws: thrown };
      }
    },
    connection: (options = {}) => {
      const lines: Line[] = [];
      autobahn.transports.register(
        'scripted',
        class {
          type = 'scripted';
          create(): Any {
            const made = new Line();
            lines.push(made);
            return made.transport;
          }
        } as Any,
      );
      const connection: Any = new autobahn.Connection({
        realm: 'realm1',
        transports: [{ type: 'scripted', url: 'scripted:' }],
        ...options,
      });
      connections.push(connection);
      return { connection, lines, line: () => lines[lines.length - 1] as Line };
    },
    joined: async (options = {}, details = welcome) => {
      const { connection, line } = lab.connection(options);
      connection.open();
      line().open();
      await settle();
      line().deliver(WELCOME(7, details));
      await settle();
      line().sent.length = 0;
      return { connection, session: connection.session, line: line(), wire: line().sent };
    },
  };
  try {
    await run(lab);
  } finally {
    vi.useRealTimers();
    for (const connection of connections) {
      connection.onclose = () => true;
      try {
        connection.close();
      } catch {
        // it is
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    vi.restoreAllMocks();
    if (before) Object.defineProperty(globalThis, 'WebSocket', before);
    else delete (globalThis as { WebSocket?: unknown }).WebSocket;
  }
  return seen;
}

/** What can be compared: own enumerable keys in their order, texts of errors, and no identity. */
function shape(value: unknown, depth = 0): unknown {
  if (typeof value === 'function') return '(function)';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value === undefined ? '(undefined)' : value;
  if (value instanceof Error) return { [`(${value.name})`]: value.message };
  if (value instanceof Uint8Array) return `(bytes ${[...value].join(' ')})`;
  if ('_send_wamp' in value) return '(session)';
  if ('_transport_factories' in value) return '(connection)';
  if ('then' in value && typeof value.then === 'function') return '(promise)';
  if (depth > 6) return '(deep)';
  if (Array.isArray(value)) return value.map((item) => shape(item, depth + 1));
  return Object.entries(value).map(([key, item]) => [key, shape(item, depth + 1)]);
}

export const scripts: string[] = [];

/** The real one loaded anew: it looks at its surroundings once. */
function loadedAnew(): Autobahn {
  const before = Object.entries(require.cache).filter(([file]) => /[\\/]node_modules[\\/]autobahn[\\/]/.test(file));
  for (const [file] of before) delete require.cache[file];
  try {
    return require('autobahn') as Autobahn;
  } finally {
    Object.assign(require.cache, Object.fromEntries(before));
  }
}

/** Runs it on both, and compares. `prepare` comes before the real one is loaded, and gives back what undoes it. */
export function script(name: string, run: (lab: Lab) => Promise<void> | void, prepare?: () => () => void): void {
  scripts.push(name);
  const observed = async (which: 'real' | 'layer'): Promise<Map<string, unknown>> => {
    const undo = prepare?.();
    try {
      return await observe(which === 'layer' ? layer : prepare ? loadedAnew() : real, run);
    } finally {
      undo?.();
    }
  };
  test(name, async () => {
    const theirs = await observed('real');
    const ours = await observed('layer');
    const labels = [...new Set([...theirs.keys(), ...ours.keys()])];
    expect(labels.length, 'the script sees something').toBeGreaterThan(0);
    const same = (label: string): boolean => JSON.stringify(theirs.get(label)) === JSON.stringify(ours.get(label));
    const different = labels.filter((label) => !same(label));
    const listed = differences.flatMap(({ at }) => at).flatMap(([where, label]) => (where === name ? [label] : []));
    const unlisted = different.filter((label) => !listed.includes(label));
    const pick = (from: Map<string, unknown>) =>
      Object.fromEntries(unlisted.map((label) => [label, from.get(label) ?? '(nothing)']));
    expect(pick(ours), 'differences that differences.ts does not list').toEqual(pick(theirs));
    expect(unlisted).toEqual([]);
    expect(
      listed.filter((label) => !different.includes(label)),
      'listed as different, and the same',
    ).toEqual([]);
  });
}
