/* Health, readiness and metrics by HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationError, anonymous, Connection, ticket } from 'autostrada';
import { checkFile, listen, serve } from 'autostrada/node';
import { Router, type UserQuery } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { get, isTaken, listening } from './listening.ts';

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

/** The value of one line. */
function sample(text: string, name: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

async function metricsOf(url: string | undefined): Promise<string> {
  return (await get(portOf(url), '/metrics')).body;
}

describe('[K3] the port for operators', () => {
  test('says that the router lives and is ready, and lists its addresses', async () => {
    const { listener, router } = await listening({ ops: { port: 0 } });
    const port = portOf(listener.opsUrl);
    expect(listener.opsUrl).toBe(`http://127.0.0.1:${port}`);
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get(port, '/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
    expect(await get(port, '/')).toMatchObject({ status: 404, body: 'expected /healthz, /readyz, /metrics\n' });
    expect(await get(port, '/healthz', {}, 'POST')).toMatchObject({ status: 405, body: 'expected GET\n' });
    expect(await get(port, '/healthz', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect((await get(port, '/healthz')).headers['cache-control']).toBe('no-store');
    void router.drain(0);
    expect(await get(port, '/readyz')).toMatchObject({ status: 503, body: 'the router is shutting down\n' });
    expect(await get(port, '/healthz')).toMatchObject({ status: 200 });
    await listener.close();
    expect(await isTaken(port)).toBe(false);
  });

  test('is closed unless it is asked for, also on the WAMP port', async () => {
    const { listener } = await listening();
    expect(listener.opsUrl).toBe(undefined);
    for (const at of ['/healthz', '/readyz', '/metrics', '/ops/metrics']) expect((await get(listener.port, at)).status).toBe(404);
  });

  test('may be a path of the WAMP port, for this machine', async () => {
    const { listener } = await listening({ ops: { path: '/ops', metrics: false } });
    expect(listener.opsUrl).toBe(`http://127.0.0.1:${listener.port}/ops`);
    expect(await get(listener.port, '/ops/healthz')).toMatchObject({ status: 200 });
    expect(await get(listener.port, '/ops/metrics')).toMatchObject({ status: 404, body: 'expected /healthz, /readyz\n' });
    expect((await get(listener.port, '/ops/healthz', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(404);
    expect((await get(listener.port, '/ops/healthz', { host: 'evil.example.com' })).status).toBe(421);
    expect((await get(listener.port, '/opsical')).status).toBe(404);
  });

  test('does not answer pages whose name was made to point here', async () => {
    const { listener } = await listening({ ops: { port: 0 } });
    expect((await get(portOf(listener.opsUrl), '/metrics', { host: 'evil.example.com' })).status).toBe(421);
  });

  const wrong: readonly (readonly [object, string])[] = [
    [{ ops: {} }, 'expected ops of listen to be an object with port or path, got an object'],
    [{ ops: { port: 0, path: '/ops' } }, 'expected ops to have port or path, got both: 0 and "/ops"'],
    [{ ops: { path: 'ops' } }, 'expected path of ops to be a path such as \'/ops\', got "ops"'],
    [
      { ops: { prot: 9090 } },
      "expected an option of ops (port, host, path, metrics, procedures), got 'prot'; did you mean 'port'?",
    ],
    [{ host: '0.0.0.0', ops: { path: '/ops' } }, 'expected ops to have a port of its own: others than this machine reach this one'],
    [{ trustProxy: true, ops: { path: '/ops' } }, 'expected ops to have a port of its own'],
    [{ server: createServer(), ops: { path: '/ops' } }, 'expected ops to have a port of its own with server'],
    [{ ops: { port: 0, procedures: [5] } }, 'expected procedures of ops to be a list of at most 200 URIs'],
  ];
  test.each(wrong)('cannot be %j', async (options, text) => {
    const router = new Router({ realms: { realm1: 'open' } });
    await expect(listen(router, Object.assign('server' in options ? {} : { port: 0 }, options))).rejects.toThrow(text);
    await router.close();
  });

  test('is free again if the WAMP port is taken', async () => {
    const { listener } = await listening();
    const router = new Router({ realms: { realm1: 'open' } });
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    await expect(listen(router, { port: listener.port, ops: { port } })).rejects.toThrow('EADDRINUSE');
    expect(await isTaken(port)).toBe(false);
    await router.close();
  });
});

describe('[K3] /metrics', () => {
  test('has sessions by realm, authrole, transport and serializer, and what is counted', async () => {
    const { listener } = await listening({ ops: { port: 0 } });
    const connection = new Connection({ url: listener.url, realm: 'realm1' });
    onTestFinished(() => connection.close());
    await connection.register('com.example.add', ([a, b]) => Number(a) + Number(b)).ready;
    await connection.register('com.example.fail', () => Promise.reject(new Error('no'))).ready;
    expect(await connection.call('com.example.add', [1, 2])).toBe(3);
    await connection.call('com.example.fail').catch(() => {});
    const text = await metricsOf(listener.opsUrl);
    expect(sample(text, 'autostrada_sessions{realm="realm1",authrole="anonymous",transport="websocket",serializer="json"}')).toBe(
      1,
    );
    expect(sample(text, 'autostrada_registrations')).toBe(2);
    expect(sample(text, 'autostrada_calls_total{realm="realm1",authrole="anonymous",outcome="result"}')).toBe(1);
    expect(sample(text, 'autostrada_calls_total{realm="realm1",authrole="anonymous",outcome="error"}')).toBe(1);
    expect(sample(text, 'autostrada_call_duration_seconds_bucket{le="+Inf",realm="realm1",authrole="anonymous"}')).toBe(undefined);
    expect(sample(text, 'autostrada_call_duration_seconds_bucket{realm="realm1",authrole="anonymous",le="+Inf"}')).toBe(2);
    expect(sample(text, 'autostrada_call_duration_seconds_count{realm="realm1",authrole="anonymous"}')).toBe(2);
    const labels = 'realm="realm1",authrole="anonymous"';
    expect(sample(text, `autostrada_messages_total{${labels},direction="in"}`)).toBeGreaterThan(4);
    expect(sample(text, `autostrada_bytes_total{${labels},direction="out"}`)).toBeGreaterThan(100);
    const queue = `{${labels},transport="websocket",serializer="json"}`;
    expect(sample(text, `autostrada_longest_queue_bytes${queue}`)).toBe(0);
    expect(sample(text, 'autostrada_limit{limit="maxSessions"}')).toBe(10_000);
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes', 'autostrada_slowed_sessions_total'])
      expect(sample(text, name)).toBeGreaterThanOrEqual(0);
    expect(text).not.toContain('com.example');
  });

  test('counts what sessions send and receive by realm and authrole, also after they have ended', async () => {
    const { listener, router } = await listening({ ops: { port: 0 } });
    const total = (text: string, name: string): number =>
      [...text.matchAll(new RegExp(`^${name}\\{realm="realm1".*\\} (\\d+)$`, 'gm'))].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    const connections = [listener.url, router].map((url) => new Connection({ url, realm: 'realm1' }));
    for (const connection of connections) {
      await connection.open();
      await connection.call('wamp.session.count');
    }
    const before = await metricsOf(listener.opsUrl);
    const [messages, bytes] = [total(before, 'autostrada_messages_total'), total(before, 'autostrada_bytes_total')];
    expect(messages).toBe(8); // HELLO, WELCOME, CALL, RESULT
    await connections[0]?.close();
    await expect.poll(() => router.stats().sessions).toBe(1);
    const after = await metricsOf(listener.opsUrl);
    expect(total(after, 'autostrada_messages_total')).toBe(9); // GOODBYE; its answer comes after the session
    expect(total(after, 'autostrada_bytes_total')).toBeGreaterThan(bytes);
    const { bytesIn, bytesOut } = router.stats();
    await expect.poll(() => router.traffic().reduce((sum, each) => sum + each.bytesIn + each.bytesOut, 0)).toBe(bytesIn + bytesOut);
    expect(sample(after, 'autostrada_sessions_begun_total{realm="realm1",authrole="anonymous"}')).toBe(2);
    expect(sample(after, 'autostrada_sessions_ended_total{reason="wamp.close.normal"}')).toBe(1);
    await connections[1]?.close();
  });

  test('counts bytes of those who never get a session apart, and other reasons than those of WAMP as one', async () => {
    const { listener, router } = await listening({ ops: { port: 0 } });
    const stranger = new Connection({ url: listener.url, realm: 'nowhere' });
    await expect(stranger.open()).rejects.toThrow();
    const connection = new Connection({ url: listener.url, realm: 'realm1' });
    await connection.open();
    await connection.close({ reason: 'com.example.whatever' });
    await expect.poll(() => router.stats().sessions).toBe(0);
    const text = await metricsOf(listener.opsUrl);
    expect(sample(text, 'autostrada_messages_total{realm="",authrole="",direction="in"}')).toBeGreaterThan(0);
    expect(sample(text, 'autostrada_sessions_ended_total{reason="other"}')).toBe(1);
    expect(text).not.toContain('com.example');
  });

  test('counts refused logins by their reasons, which are few whatever clients and hooks say', async () => {
    const users = { jane: { authrole: 'user', ticket: 'secret' } };
    const shop = { authroles: { user: { permissions: 'all' as const } }, users };
    const hooked = { authroles: { user: { permissions: [] } }, users: { somebody: users.jane } };
    const findUser = ({ authid, realm }: UserQuery) => {
      if (realm === 'hooked') throw authid === 'own' ? new ApplicationError('com.example.closed') : new Error('no database');
      return undefined;
    };
    const router = new Router({ realms: { shop, hooked } }, { log: () => {}, findUser });
    const listener = await listen(router, { port: 0, ops: { port: 0 } });
    onTestFinished(async () => {
      await listener.close();
      await router.close();
    });
    const refused = async (realm: string, authid: string, auth = ticket({ authid, ticket: 'wrong' })) => {
      const connection = new Connection({ url: router, realm, auth, retry: false });
      await expect(connection.open()).rejects.toThrow();
    };
    await refused('shop', 'jane');
    await refused('shop', 'nobody');
    await refused('nowhere', 'jane');
    await refused('hooked', 'own');
    await refused('hooked', 'broken');
    await refused('shop', 'jane', anonymous());
    const text = await metricsOf(listener.opsUrl);
    const counts = [...text.matchAll(/^autostrada_refused_logins_total\{reason="([^"]*)"\} (\d+)$/gm)].map(([, reason, count]) => [
      reason,
      Number(count),
    ]);
    const expected = { denied: 2, no_method: 1, throttled: 0, failed: 1, refused: 1, unavailable: 0, late: 0, no_such_realm: 1 };
    expect(Object.fromEntries(counts)).toEqual(expected);
    expect(router.stats().refusals).toEqual(expected);
    expect(router.stats().refusedLogins).toBe(6);
  });

  test('is text that can be read line by line', async () => {
    const { listener } = await listening({ ops: { port: 0 } });
    const { body, headers } = await get(portOf(listener.opsUrl), '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const line =
      /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? ([-+.\deE]+|Na[Nn]|\+Inf)|)$/;
    expect(body.split('\n').filter((each) => !line.test(each))).toEqual([]);
    const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has procedures only if they are listed, each with the calls of those that match', async () => {
    const procedures = ['com.example.add', 'com.shop.', 'com.shop.order.'];
    const { listener } = await listening({ ops: { port: 0, procedures } });
    const connection = new Connection({ url: listener.url, realm: 'realm1' });
    onTestFinished(() => connection.close());
    for (const uri of ['com.example.add', 'com.shop.order.place', 'com.shop.x', 'com.other.y']) {
      await connection.register(uri, () => 1).ready;
      await connection.call(uri);
    }
    const text = await metricsOf(listener.opsUrl);
    const found = [...text.matchAll(/^autostrada_calls_total\{.*procedure="([^"]*)".*\} (\d+)$/gm)].map(([, uri, count]) => [
      uri,
      count,
    ]);
    expect(found.sort()).toEqual([
      ['com.example.add', '1'],
      ['com.shop.', '1'],
      ['com.shop.order.', '1'],
      ['other', '1'],
    ]);
  });

  test('has at most a hundred authroles', async () => {
    const router = new Router(
      { realms: { realm1: { authroles: {} } } },
      {
        log: () => {},
        recognize: ({ authid = '' }) => ({ authid, authrole: `role "${authid}"\n` }),
      },
    );
    const listener = await listen(router, { port: 0, ops: { port: 0 } });
    onTestFinished(async () => {
      await listener.close();
      await router.close();
    });
    const as = (authid: string) => ({ authmethods: ['anonymous'], begin: () => ({ authid }) });
    const connections = Array.from({ length: 105 }, (_, i) => new Connection({ url: router, realm: 'realm1', auth: as(`${i}`) }));
    await Promise.all(connections.map((each) => each.open()));
    const text = await metricsOf(listener.opsUrl);
    for (const name of ['autostrada_sessions', 'autostrada_messages_total', 'autostrada_sessions_begun_total']) {
      const roles = [...text.matchAll(new RegExp(`^${name}\\{realm="realm1",authrole="((?:[^"\\\\]|\\\\.)*)"`, 'gm'))].map(
        ([, role]) => role,
      );
      expect(new Set(roles).size).toBe(101);
      expect(roles).toContain('other');
      expect(roles[0]).toBe('role \\"0\\"\\n');
    }
    await Promise.all(connections.map((each) => each.close()));
  });

  test('measures nothing when it is off', async () => {
    const { router, listener } = await listening({ ops: { port: 0, metrics: false } });
    const watch = Object.entries(router).find(([name]) => name === 'watch')?.[1];
    expect(watch).toMatchObject({ ended: undefined });
    expect((await get(portOf(listener.opsUrl), '/metrics')).status).toBe(404);
  });
});

describe('[K3] a configuration file', () => {
  const folderOf = (file: object): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-ops-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const name = path.join(folder, 'router.json');
    writeFileSync(name, JSON.stringify(file));
    return name;
  };

  test('may have ops, and the router is not ready before all its ports listen and the program says so', async () => {
    let isReady: boolean | string = false;
    const file = folderOf({ realms: { realm1: 'open' }, listen: [{ port: 0, ops: { port: 0 } }, { port: 0 }] });
    const served = await serve(file, { isReady: () => isReady });
    onTestFinished(() => served.close());
    const port = portOf(served.listeners[0]?.opsUrl);
    expect(await get(port, '/readyz')).toMatchObject({ status: 503, body: 'not everything has started yet\n' });
    isReady = 'shop is starting';
    expect(await get(port, '/readyz')).toMatchObject({ status: 503, body: 'shop is starting\n' });
    isReady = true;
    expect((await get(port, '/readyz')).status).toBe(200);
  });

  test('is checked', async () => {
    const { faults } = await checkFile(
      folderOf({
        realms: { realm1: 'open' },
        listen: { host: '0.0.0.0', ops: { path: '/ops' } },
        log: { format: 'yaml' },
        drainMs: -1,
      }),
    );
    expect(faults.map(({ path: at, text }) => `${at}: ${text}`)).toEqual([
      'config.listen.ops: expected ops to have a port of its own: others than this machine reach this one (host, trustProxy)',
      'config.log.format: expected "text" or "json", got "yaml"',
      'config.drainMs: expected an integer from 0 to 2147483647, got -1',
    ]);
  });
});
