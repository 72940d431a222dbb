/* The store in files. store-kill.test.ts ends its process at any moment. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, type ConnectionOptions, json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { checkFile, openStore, serve } from 'autostrada/node';
import { Router, type RouterConfig } from 'autostrada/router';
import { ClassicLevel } from 'classic-level';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Commits } from '../../src/node/store/commits.ts';
import { Command, cli } from '../cli/command.ts';

const topic = 'com.example.topic';
const acknowledge = { acknowledge: true } as const;

function configOf(...history: { readonly uri: string; readonly match?: 'prefix'; readonly limit: number }[]): RouterConfig {
  return { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history }, realm2: 'open' } };
}

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Running {
  readonly router: Router;
  connect(options?: Partial<ConnectionOptions>): Connection;
  stop(): Promise<void>;
}

async function start(folder: string, config: RouterConfig = configOf({ uri: topic, limit: 100 })): Promise<Running> {
  const store = await openStore({ folder });
  const router = new Router(config, { store, log: () => {} });
  const connections: Connection[] = [];
  const stop = async (): Promise<void> => {
    for (const connection of connections) await connection.close();
    await router.close();
    await store.close();
  };
  onTestFinished(stop);
  return {
    router,
    stop,
    connect: (options) => {
      const connection = new Connection({ url: router, realm: 'realm1', ...options });
      connections.push(connection);
      return connection;
    },
  };
}

/** The retained events of all topics below com., by topic. */
async function retained(running: Running, options?: Partial<ConnectionOptions>): Promise<{ readonly [uri: string]: unknown }> {
  const found: { [uri: string]: unknown } = {};
  const session = await running.connect(options).open();
  await session.subscribe(
    'com.',
    (args, kwargs, { topic: uri = '', publication }) => {
      found[uri] = { args, kwargs, publication };
    },
    { match: 'prefix', get_retained: true },
  );
  await session.call('wamp.session.count'); // the retained events come before its answer
  await session.leave();
  return found;
}

interface Past {
  readonly publication: number;
  readonly args: readonly unknown[];
}

async function history(running: Running, uri = topic, match: 'exact' | 'prefix' = 'exact'): Promise<readonly Past[]> {
  const session = await running.connect().open();
  const id = await session.call<number>('wamp.subscription.lookup', [uri, { match }]);
  const { args } = await session.callResult('wamp.subscription.get_events', [id]);
  await session.leave();
  return args as readonly Past[];
}

const firsts = (events: readonly Past[]): unknown[] => events.map(({ args }) => args[0]);

const serializers: { readonly [name: string]: () => Serializer } = { json, msgpack, msgpackr, cbor };

describe('after a restart', () => {
  it.each(Object.keys(serializers))('[K5] what was published in %s is there, with its ids, details and bytes', async (name) => {
    const folder = scratch();
    const first = await start(folder);
    const serializer = serializers[name] ?? json;
    const publisher = first.connect({ serializers: [serializer()] });
    const args = [1, 'é', new Uint8Array([0, 255]), 2 ** 53, 0.5, null, { deep: [true] }];
    const { id } = await publisher.publish(topic, args, { two: 2 }, { ...acknowledge, retain: true, disclose_me: true });
    const { id: bare } = await publisher.publish(topic, null, null, acknowledge);
    const before = await history(first);
    await first.stop();
    const second = await start(folder);
    const after = await history(second);
    expect(after).toMatchObject([{ publication: id, args, kwargs: { two: 2 } }, { publication: bare }]);
    const subscription = expect.any(Number); // a new one
    expect(after).toEqual(before.map((event) => ({ ...event, subscription })));
    for (const reader of Object.values(serializers)) {
      expect(await retained(second, { serializers: [reader()] })).toEqual({
        [topic]: { args, kwargs: { two: 2 }, publication: id },
      });
    }
  });

  it('[K5] the order is that of the publications, before and after', async () => {
    const folder = scratch();
    for (let run = 0; run < 3; run++) {
      const running = await start(folder);
      const [one, two] = [running.connect(), running.connect()];
      for (let n = 0; n < 5; n++) {
        await one.publish(topic, [run * 10 + 2 * n], null, acknowledge);
        await two.publish(topic, [run * 10 + 2 * n + 1], null, acknowledge);
      }
      await running.stop();
    }
    const expected = [0, 1, 2].flatMap((run) => Array.from({ length: 10 }, (_, n) => run * 10 + n));
    expect(firsts(await history(await start(folder)))).toEqual(expected);
  });

  it('[K5] who may get an event is known as before', async () => {
    const folder = scratch();
    const first = await start(folder);
    const publisher = first.connect();
    await publisher.publish(topic, ['all'], null, { ...acknowledge, retain: true });
    await publisher.publish(topic, ['joe'], null, { ...acknowledge, retain: true, eligible_authid: ['joe'] });
    await publisher.publish(topic, ['nobody'], null, { ...acknowledge, retain: true, eligible: [] });
    await first.stop();
    const second = await start(folder);
    expect(await retained(second)).toMatchObject({ [topic]: { args: ['all'] } });
    const joe = second.router.as({ authid: 'joe', authrole: 'guest' });
    expect(await retained(second, { url: joe })).toMatchObject({ [topic]: { args: ['joe'] } });
    expect(firsts(await history(second))).toEqual(['all']);
  });

  it('[K5] what was taken back, replaced, or bound to a session is gone', async () => {
    const folder = scratch();
    const first = await start(folder);
    const publisher = first.connect();
    const retain = { ...acknowledge, retain: true } as const;
    await publisher.publish('com.example.kept', [1], null, retain);
    await publisher.publish('com.example.replaced', [2], null, retain);
    await publisher.publish('com.example.replaced', [3], null, retain);
    await publisher.publish('com.example.forgotten', [4], null, retain);
    await publisher.publish('com.example.withdrawn', [5], null, retain);
    await publisher.publish('com.example.bound', [6], null, { ...retain, session_bound: true });
    await publisher.call('autostrada.topic.forget', ['com.example.forgotten']);
    await publisher.publish('com.example.withdrawn', null, null, { ...acknowledge, forget: true });
    expect(Object.keys(await retained(first))).toEqual(['com.example.kept', 'com.example.replaced', 'com.example.bound']);
    await first.stop();
    const second = await start(folder);
    expect(await retained(second)).toMatchObject({ 'com.example.kept': { args: [1] }, 'com.example.replaced': { args: [3] } });
    expect(Object.keys(await retained(second))).toHaveLength(2);
  });

  it('[K5] realms do not see each other, and a rule of history that comes back has its events', async () => {
    const folder = scratch();
    const rule = { uri: 'com.', match: 'prefix', limit: 10 } as const;
    const first = await start(folder, configOf({ uri: topic, limit: 2 }, rule));
    await first.connect({ realm: 'realm2' }).publish(topic, ['other realm'], null, { ...acknowledge, retain: true });
    const publisher = first.connect();
    for (let n = 1; n <= 4; n++) await publisher.publish(topic, [n], null, acknowledge);
    await first.stop();
    const second = await start(folder, configOf({ uri: topic, limit: 1 }));
    expect(firsts(await history(second))).toEqual([4]);
    expect(await retained(second)).toEqual({});
    expect(await retained(second, { realm: 'realm2' })).toMatchObject({ [topic]: { args: ['other realm'] } });
    await second.connect().publish(topic, [5], null, acknowledge);
    await second.stop();
    const third = await start(folder, configOf({ uri: topic, limit: 10 }, rule));
    expect(firsts(await history(third))).toEqual([5]);
    expect(firsts(await history(third, 'com.', 'prefix'))).toEqual([1, 2, 3, 4]);
  });
});

describe('a store', () => {
  it('[K5] belongs to one process: another one is told which', async () => {
    const folder = scratch();
    await start(folder);
    await expect(openStore({ folder })).rejects.toThrow(`the store ${folder} is in use by this process (${process.pid}) on `);
    const config = path.join(scratch(), 'router.json');
    writeFileSync(config, JSON.stringify({ realms: { realm1: 'open' }, store: { folder }, listen: { port: 0 } }));
    const { code, stderr } = await new Command([cli, 'router', '--config', config]).ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain(`the store ${folder} is in use by process ${process.pid} on `);
  });

  it('[K5] gives a realm that is made again what it had, and fails the one before', async () => {
    const store = await openStore({ folder: scratch() });
    onTestFinished(() => store.close());
    const config = configOf({ uri: topic, limit: 10 });
    const [first, second] = [config, config].map((each) => {
      const router = new Router(each, { store, log: () => {} });
      const connection = new Connection({ url: router, realm: 'realm1' });
      onTestFinished(async () => {
        await connection.close();
        await router.close();
      });
      return { router, connection, publish: (n: number) => connection.publish(topic, [n], null, { ...acknowledge, retain: true }) };
    });
    if (!first || !second) throw new Error('expected two routers');
    await second.publish(1);
    await expect(first.publish(2)).rejects.toMatchObject({ uri: 'autostrada.error.store_failed' });
    const router = new Router(config, { store, log: () => {} });
    onTestFinished(() => router.close());
    const running: Running = { router, connect: () => new Connection({ url: router, realm: 'realm1' }), stop: async () => {} };
    expect(firsts(await history(running))).toEqual([1]);
    expect(await retained(running)).toMatchObject({ [topic]: { args: [1] } });
  });

  it('[K5] of a newer version, of another program, or with a damaged record is refused', async () => {
    const folder = scratch();
    await (await start(folder)).stop();
    const edit = async (change: (db: ClassicLevel<string, Uint8Array>) => Promise<void>): Promise<void> => {
      const db = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: 'view' });
      await change(db);
      await db.close();
    };
    await edit((db) => db.put('event ["realm1"] 00000000000001', new Uint8Array([1, 2, 3])));
    await expect(openStore({ folder })).rejects.toThrow('is damaged: the record event ["realm1"] 00000000000001 cannot be read');
    await edit((db) => db.put('format', new TextEncoder().encode('2')));
    await expect(openStore({ folder })).rejects.toThrow(
      `the store ${folder} was written by a newer version of autostrada: its format is 2, this version reads up to 1`,
    );
    await edit((db) => db.del('format'));
    await expect(openStore({ folder })).rejects.toThrow('is a database of another program');
  });

  it('[K5] refuses wrong options, and a folder that cannot be made', async () => {
    await expect(openStore({} as { folder: string })).rejects.toThrow('folder of openStore');
    await expect(openStore({ folder: 'x', durability: 'full' as 'power' })).rejects.toThrow('durability');
    await expect(openStore({ folder: 'x', fsync: true } as { folder: string })).rejects.toThrow('fsync');
    const file = path.join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(openStore({ folder: file })).rejects.toThrow('the folder of the store cannot be made: EEXIST');
  });

  it('[K5] that is closed fails what needs it; nothing hangs', async () => {
    const store = await openStore({ folder: scratch(), durability: 'power' });
    const router = new Router(configOf({ uri: topic, limit: 1 }), { store, log: () => {} });
    onTestFinished(() => router.close());
    const connection = new Connection({ url: router, realm: 'realm1' });
    onTestFinished(() => connection.close());
    await connection.publish(topic, [1], null, acknowledge);
    await store.close();
    await store.close();
    await expect(connection.publish(topic, [2], null, acknowledge)).rejects.toMatchObject({
      uri: 'autostrada.error.store_failed',
    });
  });

  it('[K5] of a configuration file counts from the folder of the file, and is closed with the router', async () => {
    const home = scratch();
    const file = path.join(home, 'router.json');
    const listen = { host: '127.0.0.1', port: 0 };
    const write = (store: object): void => writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, listen, store }));
    write({ folder: 'data', durability: 'power' });
    expect((await checkFile(file)).faults).toEqual([]);
    const publish = async (retain: boolean): Promise<readonly unknown[]> => {
      const served = await serve(file, { hooks: { log: () => {} } });
      const connection = new Connection({ url: served.router, realm: 'realm1' });
      if (retain) await connection.publish(topic, [1], null, { ...acknowledge, retain: true });
      const found: unknown[] = [];
      await connection.subscribe(topic, ([value]) => found.push(value), { get_retained: true }).ready;
      await connection.call('wamp.session.count');
      await connection.close();
      await served.close();
      return found;
    };
    expect(await publish(true)).toEqual([]); // not to its publisher
    expect(await publish(false)).toEqual([1]);
    await (await openStore({ folder: path.join(home, 'data') })).close();
    write({ path: 'data' });
    expect((await checkFile(file)).faults).toMatchObject([{ line: 1 }, { line: 1 }]);
  });

  it('[K5] of a configuration file is refused below a folder that is served', async () => {
    const home = scratch();
    const file = path.join(home, 'router.json');
    const faultsOf = async (web: unknown, folder: string): Promise<readonly string[]> => {
      writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, listen: [{ port: 0, web }], store: { folder } }));
      return (await checkFile(file)).faults.map(({ path: at, text }) => `${at}: ${text}`);
    };
    for (const dir of ['pages', 'pages2', 'lib']) mkdirSync(path.join(home, dir));
    const fault = (folder: string, pages: string): string =>
      `config.store.folder: expected a folder that is not served, got ${path.join(home, folder)}: everybody could read it, because the pages are in ${path.join(home, pages)}`;
    expect(await faultsOf('pages', 'pages/data')).toEqual([fault('pages/data', 'pages')]);
    expect(await faultsOf('pages', 'pages')).toEqual([fault('pages', 'pages')]);
    expect(await faultsOf({ folder: 'pages', also: { '/lib': 'lib' } }, 'lib/data')).toEqual([fault('lib/data', 'lib')]);
    expect(await faultsOf('pages', 'pages/.well-known/data')).toEqual([fault('pages/.well-known/data', 'pages')]);
    expect(await faultsOf('.', 'data')).toEqual([fault('data', '')]);
    for (const folder of ['pages/.data', 'pages2', 'data', '../data', 'pages/.data/more'])
      expect(await faultsOf('pages', folder)).toEqual([]);
  });
});

describe('group commit', () => {
  it('[K5] writes together what comes during a write, in order, and fails only the group that failed', async () => {
    const groups: string[][] = [];
    const open: ((error?: Error) => void)[] = [];
    const commits = new Commits((changes) => {
      groups.push(changes.map(({ key }) => key));
      return new Promise((resolve, reject) => {
        open.push((error) => (error ? reject(error) : resolve()));
      });
    });
    const done: string[] = [];
    const write = (...keys: string[]): void => {
      const changes = keys.map((key) => ({ type: 'del', key }) as const);
      commits.write(changes).then(
        () => done.push(keys.join('')),
        () => done.push(`not ${keys.join('')}`),
      );
    };
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    write('a');
    write('b', 'c');
    await settle();
    expect(groups).toEqual([['a', 'b', 'c']]);
    write('d');
    write('e');
    await settle();
    expect(groups).toHaveLength(1);
    expect(done).toEqual([]);
    open[0]?.();
    await settle();
    expect(groups).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    expect(done).toEqual(['a', 'bc']);
    write('f');
    open[1]?.(new Error('the disk is full'));
    await settle();
    open[2]?.();
    await commits.idle();
    expect(done).toEqual(['a', 'bc', 'not d', 'not e', 'f']);
  });
});
