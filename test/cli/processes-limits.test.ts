/* Limits, and logins that fail, count for all processes that share a port. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Connection, JoinError, ticket } from 'autostrada';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { childrenOf, folder, type Started, start } from './processes-bench.ts';

const users = { joe: { authrole: 'all', ticket: 'secret' }, ann: { authrole: 'all', ticket: 'other' } };
const realm1 = { anonymous: 'all', authroles: { all: { permissions: 'all' } }, users };

function startWith(limits: object, processes: number): Promise<Started> {
  const file = path.join(folder(), 'router.json');
  writeFileSync(file, JSON.stringify({ realms: { realm1 }, limits, processes }));
  return start(processes, '--config', file);
}

/** Undefined: it is open. */
async function refusal(connection: Connection): Promise<unknown> {
  return connection.open().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.skipIf(process.platform === 'win32')('[L2] limits of all processes together', { timeout: 60_000 }, () => {
  test('maxSessions counts the sessions of all processes; who leaves makes room at any of them', async () => {
    const { connect } = await startWith({ maxSessions: 6 }, 3);
    const six = Array.from({ length: 6 }, () => connect({ retry: false }));
    expect(await Promise.all(six.map(refusal))).toEqual(six.map(() => undefined));
    for (let i = 0; i < 6; i++) expect(await refusal(connect({ retry: false }))).toBeInstanceOf(Error);
    await six[2]?.close();
    const next = connect({ retry: false });
    await next.open();
    expect(await next.call('wamp.session.count')).toBe(6);
    expect(await refusal(connect({ retry: false }))).toBeInstanceOf(Error);
  });

  test('of many that connect at once, exactly maxSessions get a session', async () => {
    const { connect } = await startWith({ maxSessions: 10 }, 3);
    const all = Array.from({ length: 60 }, () => connect({ retry: false }));
    const refused = (await Promise.all(all.map(refusal))).filter((error) => error !== undefined);
    expect(refused.length).toBe(50);
    const open = all.find((connection) => connection.session);
    expect(await open?.call('wamp.session.count')).toBe(10);
  });

  test('what a killed process had counted is free again', async () => {
    const { command, connect } = await startWith({ maxSessions: 6 }, 2);
    const six = Array.from({ length: 6 }, () => connect({ retry: false }));
    await Promise.all(six.map((each) => each.open()));
    for (let round = 0; round < 2; round++) {
      const [pid = 0] = childrenOf(command);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => childrenOf(command).filter((each) => each !== pid).length, { timeout: 20_000 }).toBe(2);
    }
    // All of them were at one of the two.
    await expect.poll(() => six.filter((each) => each.session).length).toBe(0);
    const again = Array.from({ length: 6 }, () => connect({ retry: false }));
    expect(await Promise.all(again.map(refusal))).toEqual(again.map(() => undefined));
    expect(await refusal(connect({ retry: false }))).toBeInstanceOf(Error);
    expect(await again[0]?.call('wamp.session.count')).toBe(6);
  });

  test('connections without a session of one address are bounded over all processes', async () => {
    const { url, connect } = await startWith({ maxPendingPerAddress: 9, joinTimeoutMs: 60_000 }, 3);
    const open = new Set<WebSocket>();
    for (let i = 0; i < 60; i++) {
      const socket = new WebSocket(url, 'wamp.2.json');
      onTestFinished(() => socket.terminate());
      socket.on('error', () => {});
      socket.once('close', () => open.delete(socket));
      open.add(socket);
      await once(socket, 'open');
    }
    await expect.poll(() => open.size).toBeLessThanOrEqual(9);
    expect(open.size).toBeGreaterThan(0);
    expect(await connect().call('wamp.session.count')).toBe(1);
  });

  test('what is kept for an address is bounded over all processes', async () => {
    const most = 2 ** 16;
    const { connect } = await startWith({ maxKeptBytesPerAddress: most }, 3);
    const connections = Array.from({ length: 12 }, () => connect({ retry: false }));
    await Promise.all(connections.map((each) => each.open()));
    let kept = 0;
    const uri = `com.example.${'x'.repeat(900)}`;
    const refused = new Set<Connection>();
    for (let i = 0; refused.size < connections.length && i < 400; i++) {
      const connection = connections[i % connections.length];
      if (!connection || refused.has(connection)) continue;
      try {
        await connection.session?.subscribe(`${uri}.t${i}`, () => {});
        kept += 2 * 900 + 600;
      } catch (error) {
        expect(error).toMatchObject({ uri: 'autostrada.error.limit_exceeded' });
        refused.add(connection);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(refused.size).toBe(connections.length);
    // The others hear of it a moment later.
    expect(kept).toBeLessThan(2 * most);
  });
});

describe.skipIf(process.platform === 'win32')('[L2] logins that fail', { timeout: 60_000 }, () => {
  const login = ({ connect }: Started, authid: string, secret: string): Promise<unknown> =>
    refusal(connect({ retry: false, auth: ticket({ authid, ticket: secret }) }));
  const reasons = async (attempts: readonly Promise<unknown>[]): Promise<ReadonlySet<unknown>> =>
    new Set((await Promise.all(attempts)).map((error) => (error instanceof JoinError ? error.reason : error)));

  test('are throttled by all processes, also by one that was started again', async () => {
    const started = await startWith({}, 3);
    const wrong = (count: number) => Array.from({ length: count }, () => login(started, 'joe', 'wrong'));
    const throttled = 'autostrada.error.too_many_logins';
    await expect.poll(() => reasons(wrong(9)), { timeout: 30_000 }).toEqual(new Set([throttled]));
    // Other users are not concerned.
    expect(await reasons([login(started, 'ann', 'other')])).toEqual(new Set([undefined]));
    const { command } = started;
    const before = childrenOf(command);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => [childrenOf(command).filter((pid) => !before.includes(pid)).length, command.hasEnded && command.stderr], {
        timeout: 20_000,
      })
      .toEqual([3, false]);
    await expect.poll(() => login(started, 'ann', 'other')).toBe(undefined);
    expect(await reasons(wrong(9))).toContain(throttled);
  });
});
