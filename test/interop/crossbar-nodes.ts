/* Two nodes of Crossbar.io that share a realm by a router-to-router link, as its users build a cluster: the second one connects to the first one. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { freePort, listening } from './ports.ts';

/** To reach a node that has just started. */
const MAX_ATTEMPTS = 150;

export interface CrossbarNode {
  readonly url: string;
  /** SIGKILL, with its workers. */
  kill(): void;
}

const everything = {
  uri: '',
  match: 'prefix',
  allow: { call: true, register: true, publish: true, subscribe: true },
  disclose: { caller: true, publisher: true },
  cache: true,
};

interface Prepared {
  readonly folder: string;
  readonly port: number;
  /** Of its public key. */
  readonly key: string;
}

async function prepare(program: string): Promise<Prepared> {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-crossbar-'));
  execFileSync(program, ['init', '--appdir', folder], { stdio: 'ignore' });
  const written = readFileSync(path.join(folder, '.crossbar/key.pub'), 'utf8');
  return { folder, port: await freePort(), key: /public-key-ed25519: (\w+)/.exec(written)?.[1] ?? '' };
}

/** @param link - The node that it connects to. */
function configuration({ port }: Prepared, other: Prepared, link: Prepared | undefined): object {
  const realm = {
    name: 'realm1',
    roles: ['anonymous', 'link'].map((name) => ({ name, permissions: [everything] })),
    ...(link ? { rlinks: [{ id: 'link1', realm: 'realm1', authid: 'node', transport: transportTo(link.port) }] } : {}),
  };
  const principals = { node: { realm: 'realm1', role: 'link', authorized_keys: [other.key] } };
  const auth = { anonymous: { type: 'static', role: 'anonymous' }, cryptosign: { type: 'static', principals } };
  const paths = { '/': { type: 'static', directory: '..' }, ws: { type: 'websocket', serializers: ['cbor', 'json'], auth } };
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port };
  const worker = { type: 'router', id: 'router1', realms: [realm], transports: [{ type: 'web', id: 'web1', endpoint, paths }] };
  return { version: 2, controller: {}, workers: [worker] };
}

function transportTo(port: number): object {
  return { type: 'websocket', url: `ws://127.0.0.1:${port}/ws`, endpoint: { type: 'tcp', host: '127.0.0.1', port } };
}

async function start(program: string, { folder, port }: Prepared, config: object): Promise<CrossbarNode> {
  const cbdir = path.join(folder, '.crossbar');
  writeFileSync(path.join(cbdir, 'config.json'), JSON.stringify(config));
  const child: ChildProcess = spawn(program, ['start', '--cbdir', cbdir], { cwd: folder, stdio: 'ignore', detached: true });
  let isKilled = false;
  const kill = (): void => {
    process.off('exit', kill);
    if (!isKilled && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    isKilled = true;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.on('exit', kill);
  await listening(child, port);
  const url = `ws://127.0.0.1:${port}/ws`;
  // It listens before all of its paths are there.
  for (let attempt = 1; ; attempt++) {
    const connection = new Connection({ url, realm: 'realm1', retry: false });
    try {
      await connection.open();
      await connection.close();
      return { url, kill };
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The second one has the link. */
export async function startCrossbarNodes(program: string): Promise<readonly [CrossbarNode, CrossbarNode]> {
  const [one, two] = [await prepare(program), await prepare(program)];
  const first = await start(program, one, configuration(one, two, undefined));
  const second = await start(program, two, configuration(two, one, one));
  return [first, second];
}
