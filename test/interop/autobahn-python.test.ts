/* Autobahn|Python, whose clients are most of those that are not ours, at our router. Skipped where there is none, and says so. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { Connection } from 'autostrada';
import { type Listener, listen } from 'autostrada/node';
import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, it, onTestFinished } from 'vitest';

const { CROSSBAR_PATH } = process.env;
// Crossbar.io brings it.
const python = CROSSBAR_PATH ? path.join(path.dirname(CROSSBAR_PATH), 'python') : 'python3';

function whyNot(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import autobahn.asyncio.component'], { stdio: 'ignore', timeout: 60_000 });
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT' ? `there is no ${python} here` : `${python} has no autobahn`;
  }
}
const missing = whyNot();
if (missing) it(`NO AUTOBAHN|PYTHON: ${missing}`, ({ skip }) => skip());

interface Peer {
  /** As whom it has joined: authid, authrole, authmethod. */
  readonly who: readonly string[];
  readonly left: Promise<string>;
}

async function startPeer(transport: object, authentication: object = { anonymous: {} }): Promise<Peer> {
  const args = [path.join(import.meta.dirname, 'peer.py'), JSON.stringify(transport), JSON.stringify(authentication)];
  const child: ChildProcess = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (chunk?: unknown): void => {
        output += chunk ?? '';
        const [, found] = pattern.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      };
      look();
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
      child.once('exit', () => reject(new Error(`the peer ended: ${output}`)));
    });
  const who = JSON.parse(await line(/^joined (.*)\n/m));
  const left = line(/^left (.*)\n/m);
  left.catch(() => {});
  return { who, left };
}

async function listening(realm1: RouterConfig['realms'][string]): Promise<{ router: Router; listener: Listener }> {
  const router = new Router({ realms: { realm1 } });
  const listener = await listen(router, { port: 0 });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  return { router, listener };
}

const transports: { readonly [way: string]: (listener: Listener, serializer: string) => object } = {
  websocket: ({ url }, serializer) => ({ type: 'websocket', url, serializers: [serializer] }),
  rawsocket: ({ port }, serializer) => ({
    type: 'rawsocket',
    serializer,
    url: `rs://127.0.0.1:${port}`,
    endpoint: { type: 'tcp', host: '127.0.0.1', port },
  }),
};
const matrix = Object.keys(transports).flatMap((way) =>
  ['json', 'msgpack', 'cbor'].map((serializer) => [way, serializer] as const),
);

describe.skipIf(missing !== undefined)('Autobahn|Python', () => {
  it.each(matrix)('[R81] calls, is called, publishes and receives, by %s in %s', async (way, serializer) => {
    const { router, listener } = await listening('open');
    const { left } = await startPeer(transports[way]?.(listener, serializer) ?? {});
    const ours = new Connection({ url: router, realm: 'realm1' });
    onTestFinished(() => ours.close());

    const args = [1, 2 ** 40, 1.5, 'ü', null, [true], Uint8Array.of(0, 1, 255)];
    expect(await ours.callResult('com.python.echo', args, { k: { a: 1 } })).toMatchObject({ args, kwargs: { k: { a: 1 } } });
    const progress: unknown[] = [];
    const onProgress = (value: unknown): number => progress.push(value);
    expect(await ours.call('com.python.count', [3], null, { onProgress })).toBe(3);
    expect(progress).toEqual([1, 2]);
    await expect(ours.call('com.python.fail')).rejects.toMatchObject({
      uri: 'com.python.failed',
      args: ['why'],
      kwargs: { code: 7 },
    });

    await ours.register('com.ours.count', async function* ([to]: [number]) {
      for (let i = 1; i < to; i++) yield i;
      return to;
    }).ready;
    expect(await ours.call('com.python.call', ['com.ours.count', [3], {}])).toEqual([3, [1, 2]]);
    const [uri] = await ours.call<[string]>('com.python.call', ['com.ours.nobody', [], {}]);
    expect(uri).toBe('wamp.error.no_such_procedure');

    await ours.call('com.python.subscribe', ['com.news.', 'prefix']);
    const heard: unknown[] = [];
    await ours.subscribe('com.news.theirs', (args, kwargs) => heard.push([args, kwargs])).ready;
    await ours.publish('com.news.ours', [1], { a: 1 }, { acknowledge: true });
    await ours.call('com.python.publish', ['com.news.theirs', [2], { b: 2 }]);
    await expect.poll(() => heard).toEqual([[[2], { b: 2 }]]);
    await expect.poll(() => ours.call('com.python.heard')).toEqual([['com.news.ours', [1], { a: 1 }]]);

    await ours.call('com.python.leave').catch(() => {}); // it is gone before it has answered
    expect(await left).toBe('wamp.close.goodbye_and_out');
  });

  const seed = Buffer.from([...Array(32).keys()]).toString('hex');
  const publicKey = '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8';
  it.each([
    ['ticket', { ticket: 'secret1' }, { ticket: 'secret1' }],
    ['wampcra', { wampcra: { secret: 'secret2' } }, { secret: 'secret2' }],
    ['cryptosign', { cryptosign: { publicKeys: [publicKey] } }, { privkey: seed }],
  ])('[R70] logs in by %s', async (method, proof, secret) => {
    const users = { joe: { authrole: 'user', ...proof } };
    const { listener } = await listening({ authroles: { user: { permissions: 'all' } }, users });
    const { who } = await startPeer(transports.websocket?.(listener, 'json') ?? {}, { [method]: { authid: 'joe', ...secret } });
    expect(who).toEqual(['joe', 'user', method]);
  });
});
