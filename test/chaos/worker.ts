/*
 * One client with all that it has at the router: durable registrations and subscriptions, made once and never again.
 */
import {
  ApplicationError,
  Connection,
  ConnectionLostError,
  type ConnectionOptions,
  type DurableRegistration,
  type DurableSubscription,
  fromHistory,
  type InvocationDetails,
  json,
  SerializationError,
  ticket,
} from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { Random } from '../fuzz/random.ts';
import { FaultProxy } from './fault-proxy.ts';
import { JumpingClock } from './jumping-clock.ts';
import type { Ledger } from './ledger.ts';
import { asAsked, Watched } from './watched.ts';

/** How they connect, in turn. */
const ways = [
  ['websocket', json],
  ['rawsocket', msgpack],
  ['websocket', cbor],
  ['rawsocket', json],
  ['websocket', msgpack],
  ['rawsocket', cbor],
] as const;

/** At most this is run per worker, at its `chaos.<name>.…`. */
export const endpoints = ['echo', 'slow', 'count', 'sum', 'fail', 'large'] as const;

/** Where foreign payloads are published. */
export const POISON = 'chaos.poison';

export const topics = ['chaos.news', 'chaos.room.red', 'chaos.room.green', 'chaos.kept'] as const;

export interface WorkerOptions {
  readonly index: number;
  readonly seed: number;
  readonly routerPort: () => number;
  readonly ledger: Ledger;
}

export class Worker {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly clock: JumpingClock;
  readonly connection: Connection;
  /** Another one, by the same way; nobody in particular. */
  readonly newConnection: (options?: Partial<ConnectionOptions>) => Connection;
  readonly registrations: readonly DurableRegistration[];
  readonly subscriptions: readonly (DurableSubscription & { readonly watched: Watched })[];
  private readonly ledger: Ledger;

  private constructor(proxy: FaultProxy, { index, seed, ledger }: WorkerOptions) {
    this.name = `w${index}`;
    this.proxy = proxy;
    this.ledger = ledger;
    this.clock = new JumpingClock();
    const [protocol, serializer] = ways[index % ways.length] ?? ways[0];
    const random = new Random(seed, -1 - index);
    const { port } = proxy;
    this.newConnection = (options) => {
      const connection = new Connection({
        url: protocol === 'websocket' ? `ws://127.0.0.1:${port}/ws` : rawSocket(`rs://127.0.0.1:${port}`),
        realm: 'realm1',
        serializers: [serializer()],
        retry: { minMs: 20, maxMs: 250, stableMs: 500 },
        joinTimeoutMs: 1000,
        liveness: { idleMs: 300, timeoutMs: 400 },
        environment: { clock: this.clock, random: () => random.next() },
        ...options,
      });
      connection.on('status', () => {}); // nothing on the console
      return connection;
    };
    this.connection = this.newConnection({ auth: ticket({ authid: this.name, ticket: 'let me in' }) });
    this.connection.on('error', (error, { where, uri }) => {
      if (where === 'invocation' && error instanceof ApplicationError) return;
      // One without acknowledge, which waited too long or did not wait: `stats()` counts them, and the first is told.
      if (where === 'connection' && error instanceof ConnectionLostError && error.message.startsWith('an event was dropped'))
        return;
      // A payload that cannot be read costs that event, a result that is too long that call.
      if (error instanceof SerializationError && (uri === POISON || uri === `chaos.${this.name}.large`)) return;
      // Of a router that was started anew.
      const isIncomplete = error instanceof ApplicationError && error.uri === 'autostrada.error.incomplete_history';
      if (where === 'recovery' && (isIncomplete || error === asAsked)) return;
      ledger.violate('wrong answers, orders and errors', `${this.name}: in ${where} ${uri}: ${String(error)}`);
    });
    this.registrations = this.register();
    this.subscriptions = [
      this.subscribe('chaos.news', 'exact'),
      this.subscribe('chaos.room.', 'prefix'),
      this.subscribe('chaos..red', 'wildcard', 'are told'),
      this.subscribe('chaos.kept', 'exact', 'are filled'),
    ];
    this.connection.subscribe(POISON, () => {
      ledger.tally.poisoned++;
    });
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const [protocol] = ways[options.index % ways.length] ?? ways[0];
    const proxy = await FaultProxy.open({ protocol, routerPort: options.routerPort });
    const worker = new Worker(proxy, options);
    await worker.connection.open();
    await Promise.all([...worker.registrations, ...worker.subscriptions].map(({ ready }) => ready));
    return worker;
  }

  get isWhole(): boolean {
    return [...this.registrations, ...this.subscriptions].every(({ state }) => state === 'active');
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.proxy.close();
  }

  private register(): DurableRegistration[] {
    const { ledger, clock } = this;
    const pause = (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = clock.setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clock.clearTimeout(timer);
          reject(signal.reason);
        });
      });
    const all: {
      readonly [name in (typeof endpoints)[number]]: (
        args: [number, number],
        kwargs: object,
        details: InvocationDetails,
      ) => unknown;
    } = {
      echo: ([id]) => {
        ledger.ran(id);
        return id;
      },
      slow: async ([id, ms], _kwargs, { signal }) => {
        ledger.ran(id);
        await pause(ms, signal);
        return id;
      },
      async *count([id, upTo], _kwargs, { signal }) {
        ledger.ran(id);
        for (let i = 0; i < upTo; i++) {
          yield i;
          await pause(3, signal);
        }
        return id;
      },
      sum: async ([id], _kwargs, { furtherInputs }) => {
        ledger.ran(id);
        let sum = id;
        for await (const input of furtherInputs) sum += Number(input);
        return sum;
      },
      fail: ([id]) => {
        ledger.ran(id);
        throw new ApplicationError('com.example.error.as_asked', [id]);
      },
      large: ([id, length]) => {
        ledger.ran(id);
        return length > 0 ? 'x'.repeat(length) : id;
      },
    };
    return endpoints.map((name) => this.connection.register(`chaos.${this.name}.${name}`, all[name]));
  }

  private subscribe(topic: string, match: 'exact' | 'prefix' | 'wildcard', gaps?: 'are told' | 'are filled') {
    const takes = (uri: string): boolean =>
      match === 'prefix' ? uri.startsWith(topic) : match === 'wildcard' ? uri.endsWith('.red') : uri === topic;
    const watched = new Watched(this.ledger, `${this.name}'s ${topic}`, this.name, takes);
    const fill = gaps === 'are filled' ? fromHistory({ limit: 10_000 }) : undefined;
    // What remembers its publications grows until it remembers 2,000, so not all do.
    const recoverWith = gaps && watched.recovery(fill);
    const handle = this.connection.subscribe<[number], object, string>(topic, watched.handle, { match, recoverWith });
    if (!gaps) watched.follow(handle);
    return Object.assign(handle, { watched });
  }
}
