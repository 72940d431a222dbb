/*
 * Three routers that are one, in processes of their own: each with a file and its own way to a NATS server, or the processes of one `--processes 3`.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { FaultProxy } from '../chaos/fault-proxy.ts';
import { Command, cli } from '../cli/command.ts';
import { childrenOf, folder, isThere } from '../cli/processes-bench.ts';
import { type NatsServer, startNats } from '../fixtures/nats-server.ts';

export const NODES = 3;

export interface Nodes {
  readonly urls: readonly string[];
  readonly nats: NatsServer | undefined;
  /** Sends a signal to the process of a node. */
  signal(node: number, signal: NodeJS.Signals): void;
  /** Resolves when it runs again, after a signal that ends it. */
  again(node: number): Promise<void>;
  /** Nobody of its cluster hears it, and it hears nobody. */
  cutOff(node: number, ms: number): void;
  /** The last lines of all. */
  log(): string;
}

/** Three `autostrada router --config FILE` over NATS. */
export async function overNats(): Promise<Nodes> {
  const nats = await startNats();
  onTestFinished(() => nats.stop());
  const where = folder();
  const ports = await freePorts(NODES);
  const proxies = await Promise.all(ports.map(() => FaultProxy.open({ routerPort: () => nats.port, protocol: 'rawsocket' })));
  onTestFinished(() => Promise.all(proxies.map((proxy) => proxy.close())).then(() => {}));
  const commands: Command[] = [];
  const former: string[] = [];
  const start = async (node: number): Promise<void> => {
    const file = path.join(where, `router${node}.json`);
    const servers = `nats://127.0.0.1:${proxies[node]?.port}`;
    const listen = { host: '127.0.0.1', port: ports[node] };
    writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, listen, cluster: { nats: { servers } } }));
    const command = new Command([cli, 'router', '--config', file], { AUTOSTRADA_RUNTIME_DIR: where });
    commands[node] = command;
    await command.line();
  };
  await Promise.all(ports.map((_, node) => start(node)));
  return {
    urls: ports.map((port) => `ws://127.0.0.1:${port}/ws`),
    nats,
    signal: (node, signal) => commands[node]?.kill(signal),
    again: async (node) => {
      const ended = await commands[node]?.ended;
      former.push(`a former router ${node} (${ended?.signal ?? ended?.code})\n${tail(`${ended?.stdout}${ended?.stderr}`)}`);
      await start(node);
    },
    cutOff: (node, ms) => proxies[node]?.refuse(ms),
    log: () =>
      [
        ...former.slice(-NODES),
        ...commands.map(({ stdout, stderr }, node) => `router ${node}\n${tail(stdout + stderr)}`),
        `nats-server\n${tail(nats.log)}`,
      ].join('\n'),
  };
}

/** One `autostrada router --processes 3`. Only the system knows which of them a client gets. */
export async function asProcesses(): Promise<Nodes> {
  const command = new Command([cli, 'router', '--port', '0', '--processes', String(NODES)], { AUTOSTRADA_RUNTIME_DIR: folder() });
  const url = /ws:\/\/[^\s,]+/.exec(await command.line())?.[0] ?? '';
  let pids = childrenOf(command);
  return {
    urls: Array.from({ length: NODES }, () => url),
    nats: undefined,
    signal: (node, signal) => {
      const pid = pids[node];
      if (pid === undefined) throw new Error(`expected ${NODES} processes, got ${pids.length}`);
      process.kill(pid, signal);
    },
    again: async (node) => {
      const old = pids[node] ?? 0;
      while (isThere(old)) await pause(50);
      while (childrenOf(command).length < NODES) await pause(50);
      pids = childrenOf(command);
    },
    cutOff: () => {
      throw new Error('nothing is between the processes of one machine');
    },
    log: () => tail(command.stdout + command.stderr),
  };
}

/** The last lines. */
export function tail(text: string, lines = 12): string {
  const all = text.trimEnd().split('\n');
  return all
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Free now; restarted routers take the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
