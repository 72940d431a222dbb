/* What a store in files does when the files do not do what they should. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { cookieStore, type FileStore, openStore } from 'autostrada/node';
import { type LogEntry, Router } from 'autostrada/router';
import { ClassicLevel } from 'classic-level';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Command, cli, root } from '../cli/command.ts';

const topic = 'com.example.log';
const acknowledge = { acknowledge: true, retain: true } as const;

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Running {
  readonly connection: Connection;
  readonly store: FileStore;
  readonly log: readonly string[];
  publish(n: number): Promise<unknown>;
  stop(): Promise<void>;
}

async function start(folder: string, limits: { readonly maxAgeMs?: number } = {}): Promise<Running> {
  const store = await openStore({ folder });
  const log: string[] = [];
  const history = [{ uri: topic, limit: 10_000, ...limits }];
  const realm1 = { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history } as const;
  const hear = ({ message }: LogEntry): void => void (message.includes('store') && log.push(message));
  const router = new Router(
    { realms: { realm1 }, ...(limits.maxAgeMs ? { limits: { maxRetainedAgeMs: limits.maxAgeMs } } : {}) },
    { store, log: hear },
  );
  const connection = new Connection({ url: router, realm: 'realm1' });
  const stop = async (): Promise<void> => {
    await connection.close();
    await router.close();
    await store.close();
  };
  onTestFinished(stop);
  return { connection, store, log, stop, publish: (n) => connection.publish(topic, [n], null, acknowledge) };
}

/** The numbers in the history, in order. */
async function past({ connection }: Running): Promise<readonly unknown[]> {
  const id = await connection.call<number>('wamp.subscription.lookup', [topic]);
  const { args } = await connection.callResult('wamp.subscription.get_events', [id]);
  return (args as readonly { readonly args: readonly unknown[] }[]).map((event) => event.args[0]);
}

async function keys(folder: string): Promise<readonly string[]> {
  const db = new ClassicLevel(folder);
  const found = await db.keys({ gt: 'event ', lt: 'event!' }).all();
  await db.close();
  return found;
}

const failure = { uri: 'autostrada.error.store_failed' };
const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

describe('[K5] a store', () => {
  it.skipIf(!hasLimits)(
    'on a disk that is full fails what it cannot keep, and loses nothing that it acknowledges afterwards',
    async () => {
      expect(existsSync(path.join(root, 'dist/node.mjs')), 'dist is missing: run `npm run build` first').toBe(true);
      const folder = scratch();
      const script = `trap '' XFSZ; ulimit -S -f 1024; exec "$0" "$@"`;
      const command = [process.execPath, path.join(root, 'test/node/store-full.mjs'), path.join(folder, 'data')];
      const child = spawn('bash', ['-c', script, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        err += String(chunk);
      });
      await new Promise((resolve) => child.once('close', resolve));
      expect(err).toBe('');
      expect(out.match(/^log .*$/gm)).toEqual([
        expect.stringMatching(/^log the store failed to keep an event .*: IO error: .*File too large$/),
        'log the store works again',
      ]);
      expect(out.match(/^not \d+ (?!autostrada\.error\.store_failed)/gm)).toBe(null);
      expect(out).toContain('count 1\n');
      const acknowledged = [...out.matchAll(/^kept (\d+)$/gm)].map(([, n]) => Number(n));
      expect(acknowledged.length).toBeGreaterThan(100);
      const found = await past(await start(path.join(folder, 'data')));
      expect(acknowledged.filter((n) => !found.includes(n))).toEqual([]);
      expect(found).toEqual([...found].sort((a, b) => Number(a) - Number(b)));
    },
    60_000,
  );

  it('whose files are deleted writes them again', async () => {
    const folder = path.join(scratch(), 'data');
    const running = await start(folder);
    for (let n = 1; n <= 5; n++) await running.publish(n);
    rmSync(folder, { recursive: true });
    let n = 5;
    const isThere = async (): Promise<boolean> => {
      await running.publish(++n);
      return existsSync(path.join(folder, 'CURRENT'));
    };
    await expect.poll(isThere).toBe(true);
    await running.stop();
    expect(await past(await start(folder))).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  });

  it('that another process has had meanwhile is not written any more', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    writeFileSync(path.join(folder, 'owner.json'), '{"pid":1,"host":"elsewhere","since":"2026-01-01"}\n');
    renameSync(path.join(folder, 'CURRENT'), path.join(folder, 'CURRENT.old'));
    await expect.poll(() => running.publish(2).catch((error: unknown) => error)).toMatchObject(failure);
    expect(running.log).toEqual([
      expect.stringContaining('was used by process 1 on elsewhere, since 2026-01-01: this process must be started again'),
    ]);
    expect(await past(running)).toContain(1); // from memory
  });

  it('whose lock was deleted is left to the second process; the first one says so', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    rmSync(path.join(folder, 'LOCK'));
    const second = new Command([cli, 'router', '--port', '0', '--store', folder]);
    await expect.poll(() => second.stdout).toMatch(/^router at/);
    await expect.poll(() => running.publish(2).catch((error: unknown) => error)).toMatchObject(failure);
    expect(running.log.at(-1)).toMatch(/was used by process \d+ on \S+, since \S+: this process must be started again$/);
    second.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('takes back in the files what it could not take back at first', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValueOnce(new Error('the disk is full'));
    onTestFinished(() => batch.mockRestore());
    await expect(running.connection.call('autostrada.topic.forget', [topic])).rejects.toMatchObject(failure);
    await running.connection.publish(topic, [2], null, { acknowledge: true });
    await running.stop();
    expect((await keys(folder)).filter((key) => key.startsWith('event ["realm1"] '))).toEqual([]);
    expect(await past(await start(folder))).toEqual([1, 2]);
  });

  it.each(['MANIFEST', '.ldb'])('with a damaged file (%s) is refused, and its folder is named', async (name) => {
    const folder = scratch();
    const running = await start(folder);
    for (let n = 1; n <= 50; n++) await running.publish(n);
    await running.stop();
    await (await start(folder)).stop(); // the log becomes a table
    for (const file of readdirSync(folder).filter((each) => each.includes(name))) {
      const bytes = readFileSync(path.join(folder, file));
      for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ 0x55;
      writeFileSync(path.join(folder, file), bytes);
    }
    await expect(openStore({ folder })).rejects.toThrow(new RegExp(`^the store ${folder} (is damaged|cannot be opened): `));
  });

  it('forgets in the files what is too old, without any traffic', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = scratch();
    const running = await start(folder, { maxAgeMs: 20 });
    await running.publish(1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    vi.advanceTimersByTime(60_000);
    await running.stop();
    expect(await keys(folder)).toEqual([]);
  });

  it('that is opened forgets in the files what is too old', async () => {
    const folder = scratch();
    const first = await start(folder);
    await first.publish(1);
    await first.stop();
    expect(await keys(folder)).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await (await start(folder, { maxAgeMs: 20 })).stop();
    expect(await keys(folder)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('whose folder cannot be made is refused at once', async () => {
    for (const folder of ['/proc/autostrada', '/proc/autostrada/data', '/dev/null/data'])
      await expect(openStore({ folder })).rejects.toThrow(/^the folder of the store cannot be made: E/);
  });

  it('that is closed writes what the files lack, because later nobody has it', async () => {
    const folder = path.join(scratch(), 'data');
    const first = await start(folder);
    for (let n = 1; n <= 3; n++) await first.publish(n);
    rmSync(folder, { recursive: true });
    await first.stop();
    const second = await start(folder);
    expect(await past(second)).toEqual([1, 2, 3]);
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValueOnce(new Error('the disk is full'));
    onTestFinished(() => batch.mockRestore());
    await expect(second.publish(4)).rejects.toMatchObject(failure);
    await second.stop();
    expect(await past(await start(folder))).toEqual([1, 2, 3, 4]);
  });

  it('that can be written no more is closed all the same, and can be opened again', async () => {
    const folder = scratch();
    const first = await start(folder);
    await first.publish(1);
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(new Error('the disk is full'));
    await expect(first.publish(2)).rejects.toMatchObject(failure);
    await first.stop();
    batch.mockRestore();
    expect(await past(await start(folder))).toEqual([1]);
  });
});

const login = (authid: string) => ({
  ...{ realm: 'realm1', authid, authrole: 'guest', authprovider: 'static', authextra: undefined, seal: undefined },
  expiresAt: Date.now() + 60_000,
});

describe('[K4] remembered logins in a store', () => {
  /** Those that the files have, read by another process, as it were. */
  async function found(folder: string): Promise<readonly string[]> {
    const store = await openStore({ folder });
    const table = await store.table('login');
    await store.close();
    return [...table.records.keys()];
  }

  it('whose files are deleted are written again, with the events', async () => {
    const folder = path.join(scratch(), 'data');
    const running = await start(folder);
    const logins = await cookieStore(running.store);
    await logins.set('hash of joe', login('joe'));
    await logins.set('hash of jane', login('jane'));
    await running.publish(1);
    rmSync(folder, { recursive: true });
    await expect
      .poll(async () => {
        await logins.delete('hash of jane');
        await logins.set('hash of kim', login('kim'));
        return existsSync(path.join(folder, 'CURRENT'));
      })
      .toBe(true);
    await running.stop();
    expect(await found(folder)).toEqual(['hash of joe', 'hash of kim']);
    expect(await past(await start(folder))).toEqual([1]);
  });

  it('that could not be forgotten in the files are not back after a restart', async () => {
    const folder = scratch();
    const running = await start(folder);
    const logins = await cookieStore(running.store);
    await logins.set('hash of joe', login('joe'));
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValueOnce(new Error('the disk is full'));
    onTestFinished(() => batch.mockRestore());
    await expect(logins.deleteAll({ authid: 'joe' })).rejects.toThrow('the disk is full');
    expect(logins.get('hash of joe')).toBe(undefined);
    // It has none in memory, but it resolves only when the files have none, too.
    await logins.deleteAll({ authid: 'joe' });
    await running.stop();
    expect(await found(folder)).toEqual([]);
  });

  it('are the same for all who ask the store for them', async () => {
    const { store } = await start(scratch());
    const [one, other] = [await cookieStore(store), await cookieStore(store)];
    await one.set('hash', login('joe'));
    await other.deleteAll({});
    expect(await one.get('hash')).toBe(undefined);
  });
});
