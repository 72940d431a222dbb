/*
 * Sessions come and go by the hundred, do what sessions do, and end in every way; the router is in a process of its own. When all are gone, so is what they
 * had, and the memory is as it was after the first few hundred.
 *
 *   SOAK_SECONDS=60 npx vitest run test/node/soak.test.ts
 */
import { Connection, type ConnectionOptions, json, type Serializer, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { longPoll } from 'autostrada/longpoll';
import { addTestament } from 'autostrada/meta';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { CALL, HELLO, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { Child } from '../hostile/child.ts';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 10);
const WARM_UP_SECONDS = 4;
const LIVES_A_SECOND = 60;
/** A session that stayed would be 11 KB or more, and there are hundreds. */
const ALLOWED_BYTES = 4e6;
const PASSWORD = 'soak';

const random = (below: number): number => Math.floor(Math.random() * below);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const serializers: readonly (() => Serializer)[] = [() => json(), () => msgpack(), () => cbor()];

interface Looked {
  readonly stats: { readonly [name: string]: number };
  readonly internal: readonly string[];
}

class Soak {
  readonly port: number;
  readonly counted = { lives: 0, results: 0, errors: 0, progress: 0, events: 0, unopened: 0 };
  private readonly alive = new Set<Promise<void>>();

  constructor(port: number) {
    this.port = port;
  }

  connection(url: ConnectionOptions['url'] = `ws://127.0.0.1:${this.port}/ws`): Connection {
    const serializer = serializers[random(3)] ?? json;
    const auth = ticket({ authid: 'honest', ticket: PASSWORD });
    const connection = new Connection({ url, realm: 'arena', auth, serializers: [serializer()], retry: false });
    connection.on('error', () => {});
    return connection;
  }

  async churn(seconds: number): Promise<void> {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const life = (random(2) === 0 ? this.client() : this.stranger()).finally(() => this.alive.delete(life));
      this.alive.add(life);
      await wait(1000 / LIVES_A_SECOND);
    }
    await Promise.all(this.alive);
  }

  /** One of ours, over any transport. It leaves in good order. */
  private async client(): Promise<void> {
    this.counted.lives++;
    const urls = [undefined, rawSocket(`rs://127.0.0.1:${this.port}`), longPoll(`http://127.0.0.1:${this.port}/lp`)];
    const connection = this.connection(urls[random(3)]);
    try {
      const session = await connection.open();
      const hear = (): void => void this.counted.events++;
      await connection.subscribe(`attack.topic${random(20)}`, hear).ready;
      if (random(3) === 0) await connection.subscribe('attack.', hear, { match: 'prefix' }).ready;
      if (random(3) === 0) await connection.register(`attack.shared${random(5)}`, () => 'shared', { invoke: 'roundrobin' }).ready;
      if (random(4) === 0) await addTestament(session, `attack.topic${random(20)}`, ['bye']);
      const count = (work: Promise<unknown>): Promise<void> =>
        work.then(
          () => void this.counted.results++,
          () => void this.counted.errors++,
        );
      for (let n = random(6); n >= 0; n--) {
        const all = [count(connection.call('attack.quick', ['x'.repeat(random(300))]))];
        const cancelMode = (['skip', 'kill', 'killnowait'] as const)[random(3)] ?? 'kill';
        if (random(2) === 0)
          all.push(count(connection.call('attack.slow', [], null, { signal: AbortSignal.timeout(random(100)), cancelMode })));
        if (random(3) === 0) all.push(count(connection.call('attack.slow', [], null, { timeoutMs: 20 })));
        const onProgress = (): void => void this.counted.progress++;
        if (random(2) === 0) all.push(count(connection.call('attack.progress', [], null, { onProgress })));
        const topic = `attack.topic${random(20)}`;
        const options = { retain: random(4) === 0, exclude_me: random(2) === 0 };
        if (random(2) === 0) connection.publish(topic, ['e'], null, options);
        else all.push(count(connection.publish(topic, ['e'], null, { ...options, acknowledge: true })));
        await Promise.all(all);
      }
    } catch {
      this.counted.unopened++;
    } finally {
      await connection.close();
    }
  }

  /** A bare socket. It hangs up, in the middle of a frame too, or breaks the protocol, with all that it has under way. */
  private async stranger(): Promise<void> {
    this.counted.lives++;
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws`, 'wamp.2.json');
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    const send = (...messages: unknown[][]): void => {
      for (const message of messages) if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    socket.once('open', () => send(HELLO('arena', { roles: { caller: {}, callee: {}, subscriber: {}, publisher: {} } })));
    socket.once('message', () => {
      send(
        SUBSCRIBE(1, {}, `attack.topic${random(20)}`),
        SUBSCRIBE(2, { match: 'wildcard' }, 'attack..x'),
        REGISTER(3, { invoke: 'roundrobin' }, 'attack.shared0'),
      );
      send(CALL(4, {}, 'attack.slow'), CALL(5, { receive_progress: true }, 'attack.progress'), CALL(6, {}, 'attack.quick', ['x']));
      send(
        CALL(7, {}, 'wamp.session.add_testament', [`attack.topic${random(20)}`, ['gone'], {}]),
        PUBLISH(8, {}, 'attack.topic1', ['e']),
      );
    });
    await Promise.race([gone, wait(100 + random(400))]);
    const how = random(3);
    if (how === 0) send([99]);
    if (how === 1)
      (socket as unknown as { _socket: { write(bytes: Buffer): void } | null })._socket?.write(Buffer.from([0x81, 0xfe, 0x10]));
    if (how > 0 || socket.readyState === WebSocket.CONNECTING) socket.terminate();
    await gone;
  }
}

test('[G2] [R07] hundreds of sessions come and go in every way, and the router keeps nothing of them', {
  timeout: (SECONDS + 60) * 1000,
}, async () => {
  const [child, port] = await Child.start<number>('router.mjs', [PASSWORD]);
  onTestFinished(() => child.end());
  const before = (await child.ask<Looked>('look')).stats;
  const soak = new Soak(port);
  const callee = soak.connection();
  await callee.register('attack.quick', ([text]) => text).ready;
  const slow = (_args: unknown, _kwargs: unknown, { signal }: { readonly signal: AbortSignal }): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve('late'), 500);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  await callee.register('attack.slow', slow).ready;
  await callee.register('attack.progress', async (_args, _kwargs, { sendProgress }) => {
    for (let n = 0; n < 5; n++) {
      sendProgress(n);
      await wait(5);
    }
    return 'end';
  }).ready;
  const held = (await child.ask<Looked>('look')).stats;

  /** When what is under way has come to its end, only the callee is left. */
  const settled = async (): Promise<number> => {
    const left = async (): Promise<unknown> => (await child.ask<Looked>('look')).stats;
    const { sessions, subscriptions, registrations } = held;
    await expect
      .poll(left, { timeout: 10_000 })
      .toMatchObject({ sessions, subscriptions, registrations, calls: 0, queuedBytes: 0 });
    return child.ask<number>('weigh');
  };

  await soak.churn(WARM_UP_SECONDS);
  const bytesBefore = await settled();
  await soak.churn(SECONDS);
  const bytesAfter = await settled();
  await callee.close();
  const { sessions, subscriptions, registrations } = before;
  await expect
    .poll(async () => (await child.ask<Looked>('look')).stats)
    .toMatchObject({ sessions, subscriptions, registrations, calls: 0, queuedBytes: 0, slowConsumers: 0 });

  const { lives, results, errors, progress, events, unopened } = soak.counted;
  console.log(
    `soak: ${lives} sessions, ${results} results, ${errors} errors, ${progress} progressive results, ${events} events; ${((bytesAfter - bytesBefore) / 1e6).toFixed(2)} MB more at the end`,
  );
  expect(unopened).toBe(0);
  expect(Math.min(results, errors, progress, events)).toBeGreaterThan(SECONDS);
  expect(bytesAfter - bytesBefore).toBeLessThan(ALLOWED_BYTES);
  expect((await child.ask<Looked>('look')).internal).toEqual([]);
  expect(child.gone).toBeUndefined();
});
