/* `autostrada bench`, from dist/. No test says how quick anything is. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApplicationError } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { Latency } from '../../src/cli/bench/latency.ts';
import { measure } from '../../src/cli/bench/load.ts';
import { Tally } from '../../src/cli/bench/tally.ts';
import { Code, ERROR, GOODBYE, PUBLISHED, RESULT, SUBSCRIBED } from '../fixtures/messages.ts';
import { scriptedRouter, stage, welcome } from './bench.ts';
import { autostradaAt, root } from './command.ts';

const SHORT = ['--seconds', '0.2', '--json'] as const;
const number = expect.any(Number);
const latency = { min: number, p50: number, p90: number, p99: number, 'p99.9': number, max: number };

async function reported(url: string, ...args: readonly string[]) {
  const { stdout, stderr, code } = await autostradaAt(url, 'bench', ...args).ended;
  expect(stdout, stderr).toMatch(/^\{.*\}\n$/);
  return { report: JSON.parse(stdout), code, stderr };
}

describe('autostrada bench call', () => {
  test('[M4] counts the results of a procedure, and says how long they took', async () => {
    const { client, url } = await stage();
    const seen = new Set<string>();
    await client.register('com.example.add', ([a, b]: [number, number], kwargs: object) => {
      seen.add(JSON.stringify([a, b, kwargs]));
      return a + b;
    }).ready;
    const { report, code, stderr } = await reported(url, 'call', 'com.example.add', '1', '2', '-k', 'c=3', ...SHORT);
    expect([stderr, code]).toEqual(['autostrada: calls com.example.add for 0.2 s; Ctrl-C ends it\n', 0]);
    expect([...seen]).toEqual(['[1,2,{"c":3}]']);
    expect(report).toEqual({
      seconds: number,
      connections: 1,
      in_flight: 64,
      rate: null,
      sent: report.answered,
      answered: number,
      per_second: number,
      failed: {},
      unanswered: 0,
      unsent: 0,
      latency_ms: latency,
    });
    expect(report.answered).toBeGreaterThan(0);
    const { min, p50, p90, p99, 'p99.9': p999, max } = report.latency_ms;
    const all: readonly number[] = [min, p50, p90, p99, p999, max];
    expect([...all].sort((a, b) => a - b)).toEqual(all);
  });

  test('[M4] never has more calls waiting than --in-flight, over all --connections', async () => {
    const { client, url } = await stage();
    let most = 0;
    let running = 0;
    const callers = new Set<unknown>();
    await client.register('com.example.wait', async (_: unknown[], __: object, { caller }) => {
      callers.add(caller);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    }).ready;
    const given = ['--in-flight', '6', '--connections', '3', '-o', 'disclose_me=true'];
    const { report } = await reported(url, 'call', 'com.example.wait', ...given, ...SHORT);
    expect(report).toMatchObject({ connections: 3, in_flight: 6, unanswered: 0 });
    expect([callers.size, most]).toEqual([3, 6]);
  });

  test('[M4] sends as many as --rate asks for, no more, and counts those that it could not send', async () => {
    const { client, url } = await stage();
    await client.register('com.example.quick', () => {}).ready;
    const quick = await reported(url, 'call', 'com.example.quick', '--rate', '100', ...SHORT);
    expect(quick.report.sent + quick.report.unsent).toBe(20);
    const { url: silent } = await scriptedRouter(
      answering(([type, id]) => (type === Code.CALL && id === 1 ? RESULT(1, {}) : undefined)),
    );
    const given = ['--rate', '100', '--in-flight', '3', '--timeout', '100ms', ...SHORT];
    const slow = await reported(silent, 'call', 'com.example.stuck', ...given);
    expect(slow.report).toMatchObject({
      rate: 100,
      sent: 3,
      answered: 0,
      unanswered: 3,
      unsent: 17,
      latency_ms: null,
      per_second: 0,
    });
    expect([slow.code, slow.stderr]).toEqual([5, expect.stringContaining('autostrada: 3 of 3 calls were not answered\n')]);
  });

  test('[M4] counts failures by their URIs, and ends with code 4 and the first of them', async () => {
    const { client, url } = await stage();
    let count = 0;
    await client.register('com.example.some', () => {
      if (count++ % 2 === 1) throw new ApplicationError('com.example.error.odd', ['an odd one']);
      if (count === 3) throw new ApplicationError('constructor');
    }).ready;
    const { report, code, stderr } = await reported(url, 'call', 'com.example.some', ...SHORT);
    expect(Object.keys(report.failed).sort()).toEqual(['com.example.error.odd', 'constructor']);
    const failed = Object.values<number>(report.failed).reduce((a, b) => a + b);
    expect(report.answered + failed).toBe(report.sent);
    expect([code, stderr]).toEqual([4, expect.stringContaining('autostrada: com.example.error.odd: an odd one\n')]);
  });

  test('[M4] sends nothing more if the first call fails, and names --echo if nobody has registered', async () => {
    const { url } = await stage();
    expect(await autostradaAt(url, 'bench', 'call', 'com.example.nobody').ended).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /^autostrada: wamp\.error\.no_such_procedure: nobody has .*; with --echo the command registers it itself\n$/,
      ),
    });
  });

  test('[M4] with --echo needs no callee, not even a URI', async () => {
    const { url } = await stage();
    for (const uri of [[], ['com.example.mine']]) {
      const { report, code } = await reported(url, 'call', ...uri, '--echo', ...SHORT);
      expect([code, report.failed]).toEqual([0, {}]);
      expect(report.answered).toBeGreaterThan(0);
    }
  });

  test.skipIf(process.platform === 'win32')('[M4] prints on Ctrl-C what was measured', async () => {
    const { client, url } = await stage();
    let called = 0;
    await client.register('com.example.slow', () => (++called > 10 ? new Promise(() => {}) : undefined)).ready;
    const command = autostradaAt(url, 'bench', 'call', 'com.example.slow', '--in-flight', '4', '--seconds', '1h', '--json');
    await expect.poll(() => called, { timeout: 20_000 }).toBe(14);
    command.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 13, answered: 9, unanswered: 4, unsent: 0 });
  });

  test('[M4] prints what was measured if the session is lost, and ends with code 2', async () => {
    let calls = 0;
    const { url, send } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      if (++calls === 100) send(GOODBYE({}, 'wamp.close.system_shutdown'));
      return RESULT(message[1], {});
    });
    const { report, code, stderr } = await reported(url, 'call', 'com.example.x', '--seconds', '1h', '--json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('wamp.close.system_shutdown')]);
    expect(report.answered).toBeGreaterThan(90);
  });
});

describe('autostrada bench publish', () => {
  test.each([
    ['without an answer', [], null],
    ['with an answer to each', ['--acknowledge'], latency],
  ])('[M4] counts publications and the events of its own subscribers: %s', async (_, more, answers) => {
    const { client, url } = await stage();
    const payloads = new Set<string>();
    await client.subscribe('com.example.news', (args: unknown[], { _bench, ...kwargs }: Record<string, unknown>) => {
      payloads.add(JSON.stringify([args, kwargs]));
      if (payloads.size === 1) void client.publish('com.example.news', ['of another publisher']);
    }).ready;
    const given = ['com.example.news', '{"x":1}', '-k', 'a=b', '--subscribers', '3', '--connections', '2', ...more];
    const { report, code } = await reported(url, 'publish', ...given, ...SHORT);
    expect([code, [...payloads]]).toEqual([0, ['[[{"x":1}],{"a":"b"}]']]);
    expect(report).toMatchObject({ connections: 2, answered: report.sent, failed: {}, unanswered: 0, latency_ms: answers });
    expect(report.events).toEqual({ subscribers: 3, received: report.sent * 3, per_second: number, lost: 0, latency_ms: latency });
    expect(report.sent).toBeGreaterThan(0);
  });

  test('[M4] without subscribers leaves the keywords as they are, and sends --size bytes', async () => {
    const { client, url } = await stage();
    const payloads = new Set<string>();
    await client.subscribe('com.example.news', (args: [string], kwargs: object) => {
      payloads.add(JSON.stringify([args.map(({ length }) => length), kwargs]));
    }).ready;
    const { report } = await reported(url, 'publish', 'com.example.news', '--size', '1000', '--rate', '100', ...SHORT);
    expect(report).not.toHaveProperty('events');
    expect([...payloads]).toEqual(['[[1000],{}]']);
  });

  test('[M4] says at once that publications are refused', async () => {
    const { url } = await scriptedRouter((message) =>
      message[0] === Code.HELLO ? welcome : ERROR('PUBLISH', message[1], {}, 'wamp.error.not_authorized', ['not you']),
    );
    expect(await autostradaAt(url, 'bench', 'publish', 'com.example.news').ended).toMatchObject({
      code: 4,
      stdout: '',
      stderr: 'autostrada: wamp.error.not_authorized: not you\n',
    });
  });

  test('[M4] counts events that do not come as lost, and ends with code 5', async () => {
    const { url } = await scriptedRouter((message) => {
      if (message[0] === Code.HELLO) return welcome;
      if (message[0] === Code.SUBSCRIBE) return SUBSCRIBED(message[1], 1);
      return message[0] === Code.PUBLISH ? PUBLISHED(message[1], 5) : undefined;
    });
    const given = ['--subscribers', '2', '--acknowledge', '--rate', '50', '--timeout', '100ms', ...SHORT];
    const { report, code, stderr } = await reported(url, 'publish', 'com.example.news', ...given);
    expect(report.events).toMatchObject({ received: 0, lost: report.answered * 2, latency_ms: null, per_second: 0 });
    expect([code, stderr]).toEqual([5, expect.stringMatching(/autostrada: (\d+) of \1 events were lost\n$/)]);
  });
});

describe('autostrada bench', () => {
  test('[M4] shows a person what the guide shows', async () => {
    const { url } = await stage();
    const guide = readFileSync(path.join(root, 'docs/guide/command-line.md'), 'utf8');
    const shapeOf = (text: string): string => text.replaceAll(/[\d.,]+/g, '#').replaceAll(/ +/g, ' ');
    const shown = [...guide.matchAll(/^```text\nautostrada: (?:calls|publishes)[^\n]*\n(\d[\s\S]*?)^```$/gm)].map(
      ([, text = '']) => text,
    );
    const given = [
      ['call', '--echo', '--seconds', '0.1'],
      ['publish', 'com.example.news', '--seconds', '0.1', '--subscribers', '100', '--rate', '20'],
    ];
    const printed = given.map((args) => autostradaAt(url, 'bench', ...args, '--output', 'pretty').ended);
    expect((await Promise.all(printed)).map(({ stdout }) => shapeOf(stdout))).toEqual(shown.map(shapeOf));
  });

  test.each<[string, readonly string[], string]>([
    ['nothing', [], "expected call or publish, got ''"],
    ['another action', ['register', 'a.b'], "expected call or publish, got 'register'"],
    ['no procedure', ['call'], 'expected a procedure, or --echo'],
    ['no topic', ['publish'], 'expected a topic'],
    [
      'an option of the other action',
      ['call', 'a.b', '--subscribers', '1'],
      'expected --subscribers with bench publish, got it with bench call',
    ],
    ['--echo for publish', ['publish', 'a.b', '--echo'], 'expected --echo with bench call, got it with bench publish'],
    ['no rate', ['call', 'a.b', '--rate', '0'], "expected --rate to be a number of requests a second, up to 1000000, got '0'"],
    ['a rate that is text', ['call', 'a.b', '--rate', 'fast'], "got 'fast'"],
    ['no time', ['call', 'a.b', '--seconds', '0'], 'expected --seconds to be a time'],
    [
      'more connections than calls',
      ['call', 'a.b', '--in-flight', '2', '--connections', '3'],
      "at least --connections (3), got '2'",
    ],
    ['nothing in flight', ['call', 'a.b', '--in-flight', '0'], 'expected --in-flight to be a whole number from 1'],
    ['too many in flight', ['call', 'a.b', '--in-flight', '1000000'], 'expected --in-flight to be at most 100000'],
    ['arguments and a size', ['call', 'a.b', '1', '--size', '5'], 'expected arguments or --size, got both'],
    ['a huge size', ['call', 'a.b', '--size', '99999999999'], 'expected --size to be at most 16777216 bytes'],
    ['two formats', ['call', 'a.b', '--json', '--output', 'raw'], 'expected --json or --output, got both'],
    ['an unknown option', ['call', 'a.b', '--threads', '4'], "Unknown option '--threads'"],
  ])('[M4] given %s says what it expects, and connects nowhere', async (_, args, text) => {
    const { stdout, stderr, code } = await autostradaAt('ws://127.0.0.1:1/ws', 'bench', ...args).ended;
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(text)]);
    expect(stderr).toContain('Try: autostrada bench --help');
  });

  test('[M4] closes all sessions if one is refused', async () => {
    const { router, url } = await stage();
    const { code } = await autostradaAt(url, 'bench', 'call', 'a.b', '--connections', '5', '--realm', 'nowhere').ended;
    expect(code).toBe(2);
    await expect.poll(() => router.sessions.length).toBe(0);
  });
});

test('[M4] the percentiles are those of all latencies, to three digits', () => {
  const measured = new Latency();
  expect(measured.percentiles()).toBeNull();
  for (let ms = 1; ms <= 10_000; ms++) measured.record(ms);
  const { min, p50, p90, p99, 'p99.9': p999, max } = measured.percentiles() ?? latency;
  for (const [got, expected] of [
    [min, 1],
    [p50, 5000],
    [p90, 9000],
    [p99, 9900],
    [p999, 9990],
    [max, 10_000],
  ] as const) {
    expect(Math.abs(got / expected - 1)).toBeLessThan(0.002);
  }
});

test('[M4] with --rate latencies count from when a request should have been sent, whatever answers do', async () => {
  const due: number[] = [];
  const { tally, unsent } = await measure({
    rate: 1000,
    inFlight: 1,
    connections: 1,
    durationMs: 100,
    timeoutMs: 1000,
    signal: new AbortController().signal,
    send: (_, at) => {
      due.push(at);
      return due.length === 3 ? new Promise((resolve) => setTimeout(resolve, 20)) : Promise.resolve();
    },
  });
  expect(due.length + unsent).toBe(100);
  const [first = 0] = due;
  for (const [i, at] of due.entries()) expect(at - first).toBeCloseTo(i, 6);
  expect([tally.sent, tally.settled]).toEqual([due.length, due.length]);
});

test('[M4] a peer that answers with ever new URIs does not fill the memory', () => {
  const tally = new Tally();
  for (let i = 0; i < 1000; i++) tally.fail(new ApplicationError(`com.example.error.n${i}`), i);
  expect(tally.failed).toHaveLength(51);
  expect(tally.failed[0]).toEqual(['others', 950]);
});

/** HELLO is answered as always. */
function answering(answer: (message: readonly unknown[]) => readonly unknown[] | undefined) {
  return (message: readonly unknown[]) => (message[0] === Code.HELLO ? welcome : answer(message));
}
