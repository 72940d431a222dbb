/* `wireLog()` and `inspect()`: what a person sees of a connection. */
import { ApplicationError, Connection } from 'autostrada';
import { inspect, type WireLine, type WireLogOptions, wireLog } from 'autostrada/debug';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

function open(more: object = {}) {
  const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
  const connection = new Connection({ url: router, realm: 'realm1', ...more });
  connection.on('error', () => {});
  onTestFinished(async () => {
    await connection.close();
    await router.close();
  });
  return { router, connection };
}

/** All lines of a connection that does something of everything. */
async function linesOf(options: WireLogOptions = {}, more: object = {}): Promise<readonly WireLine[]> {
  const lines: WireLine[] = [];
  const { connection } = open({ ...more, wireLog: wireLog({ write: (line) => lines.push(line), ...options }) });
  const topic = 'com.example.news';
  const subscription = connection.subscribe(topic, () => {});
  const registration = connection.register('com.example.div', ([a, b]: [number, number]) => {
    if (b === 0) throw new ApplicationError('com.example.error.zero', ['no']);
    return a / b;
  });
  await Promise.all([subscription.ready, registration.ready]);
  await connection.call('com.example.div', [6, 3]);
  await connection.call('com.example.div', [1, 0]).catch(() => {});
  await connection.publish(topic, ['hello', new Uint8Array(3)], null, { acknowledge: true, exclude_me: false });
  connection.publish('com.example.other');
  await subscription.unsubscribe();
  await registration.unregister();
  await connection.close();
  return lines;
}

const shape = ({ direction, type, uri }: WireLine) => `${direction === 'sent' ? '→' : '←'} ${type}${uri ? ` ${uri}` : ''}`;

describe('wireLog', () => {
  test.each([
    ['json', {}],
    ['msgpack', { serializers: [msgpack()] }],
  ])('[M5] gives answers and events the URI of what they belong to: %s', async (_, more) => {
    const lines = (await linesOf({}, more)).map(shape);
    for (const line of [
      '→ HELLO',
      '← WELCOME',
      '→ SUBSCRIBE com.example.news',
      '← SUBSCRIBED com.example.news',
      '→ REGISTER com.example.div',
      '← REGISTERED com.example.div',
      '→ CALL com.example.div',
      '← INVOCATION com.example.div',
      '→ YIELD com.example.div',
      '← RESULT com.example.div',
      '→ ERROR com.example.div',
      '← ERROR com.example.div',
      '→ PUBLISH com.example.news',
      '← PUBLISHED com.example.news',
      '← EVENT com.example.news',
      '→ PUBLISH com.example.other',
      '→ UNSUBSCRIBE com.example.news',
      '← UNSUBSCRIBED com.example.news',
      '→ UNREGISTER com.example.div',
      '← UNREGISTERED com.example.div',
      '→ GOODBYE',
      '← GOODBYE',
    ])
      expect(lines).toContain(line);
  });

  test('[M5] shows time, request, payload, length, and how long an answer took', async () => {
    const lines = await linesOf();
    const textOf = (type: string, direction: string) =>
      lines.find((line) => line.type === type && line.direction === direction)?.text;
    const time = String.raw`\d\d:\d\d:\d\d\.\d\d\d`;
    expect(textOf('CALL', 'sent')).toMatch(new RegExp(`^${time} → CALL #\\d+ com\\.example\\.div \\[6,3\\] \\(length \\d+\\)$`));
    expect(textOf('RESULT', 'received')).toMatch(
      new RegExp(`^${time} ← RESULT #\\d+ com\\.example\\.div \\[2\\] \\(\\d+\\.\\d ms, length \\d+\\)$`),
    );
    expect(textOf('ERROR', 'received')).toContain('com.example.div com.example.error.zero ["no"] (');
    expect(textOf('EVENT', 'received')).toContain('EVENT com.example.news ["hello","<3 bytes>"] (length ');
    expect(textOf('HELLO', 'sent')).toContain('HELLO "realm1"');
    for (const { length } of lines) expect(length).toBeGreaterThan(0);
  });

  test('[M5] shows what the filter lets through: URIs that begin with a text, or what a function says', async () => {
    const news = await linesOf({ filter: 'com.example.news' });
    expect(news.map(({ uri }) => uri)).toEqual(news.map(() => 'com.example.news'));
    expect(news.length).toBeGreaterThan(5);
    const slow = await linesOf({ filter: ({ tookMs }) => tookMs !== undefined });
    expect(new Set(slow.map(({ type }) => type))).toEqual(
      new Set(['SUBSCRIBED', 'REGISTERED', 'YIELD', 'RESULT', 'ERROR', 'PUBLISHED', 'UNSUBSCRIBED', 'UNREGISTERED']),
    );
  });

  test('[M5] writes to the console at the level that is asked for, with the message beside it if it is not pretty', async () => {
    const [debug, info] = [vi.spyOn(console, 'debug'), vi.spyOn(console, 'info')].map((spy) => spy.mockImplementation(() => {}));
    onTestFinished(() => void vi.restoreAllMocks());
    await linesOf({ write: undefined, filter: 'com.example.other' });
    expect(debug?.mock.calls).toEqual([[expect.stringContaining('→ PUBLISH #')]]);
    await linesOf({ write: undefined, filter: 'com.example.other', level: 'info', pretty: false });
    expect(info?.mock.calls).toEqual([[expect.stringContaining('→ PUBLISH #'), [16, expect.any(Number), {}, 'com.example.other']]]);
  });

  test('[M5] cuts long payloads, and shows no secret', async () => {
    const lines: WireLine[] = [];
    const { connection } = open({ wireLog: wireLog({ write: (line) => lines.push(line) }) });
    await connection.publish('com.example.news', ['x'.repeat(1e5)], null, { acknowledge: true });
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThan(600);
  });

  test.each<[object, string]>([
    [{ level: 'warn' }, 'level of wireLog'],
    [{ write: 'console' }, 'write of wireLog to be a function, got "console"'],
    [{ filter: 3 }, 'filter of wireLog to be a text or a function, got 3'],
    [{ filtre: 'com.' }, "did you mean 'filter'"],
  ])('[M5] refuses %j', (options, text) => {
    expect(() => wireLog(options)).toThrow(text);
  });
});

describe('inspect', () => {
  test('[M5] shows state, handles with reasons, what waits, and the last losses', async () => {
    const { router, connection } = open();
    expect(inspect(connection)).toMatch(/^idle: /);
    connection.subscribe('com.example.news', () => {});
    await connection.open();
    await expect.poll(() => inspect(connection)).toContain('active: subscription to com.example.news');
    const session = connection.session?.id ?? 0;
    expect(inspect(connection)).toMatch(/^joined to realm1 at router, session \d+, as \S+ \(authrole anonymous\)\nmessages: /);
    router.kill(session, 'com.example.go', 'away with you');
    await expect.poll(() => inspect(connection)).toMatch(/last losses:\n {2}\d+\.\d s ago: .*com\.example\.go/s);
    expect(connection.stats().losses).toHaveLength(1);
    await connection.close();
    expect(inspect(connection)).toMatch(/^closed\n/);
  });

  test('[M5] keeps the last five losses', async () => {
    let attempts = 0;
    const connect = () => {
      throw new Error(`attempt ${++attempts}`);
    };
    const connection = new Connection({
      url: { name: 'nowhere', connect },
      realm: 'realm1',
      retry: { decide: ({ attempt }) => attempt < 8 && 0 },
    });
    connection.on('status', () => {});
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    connection.open().catch(() => {});
    await expect.poll(() => attempts).toBe(8);
    const { losses } = connection.stats();
    expect(losses).toHaveLength(5);
    expect(inspect(connection)).toMatch(/attempt 4\n.*attempt 5\n.*attempt 6\n.*attempt 7\n.*attempt 8$/);
  });

  test('[M5] refuses anything but a connection', () => {
    expect(() => Reflect.apply(inspect, undefined, [{}])).toThrow('expected inspect of a connection');
  });
});
