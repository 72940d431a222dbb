/* `autostrada router` */
import { parseArgs } from 'node:util';
import { type ListenConfig, type LoadedFile, loadFile, serve } from '../../node/index.ts';
import type { Reloaded } from '../../router/index.ts';
import { offerInspection } from '../inspector/inspecting.ts';
import { LazyInspector } from '../inspector/inspector.ts';
import { openProcesses, storeChange } from '../processes/open-processes.ts';
import { serveAsOne } from '../processes/own-process.ts';
import { starterOf } from '../processes/starter.ts';
import type { OpenPort, StopSignal } from '../processes/words.ts';
import { type Greeting, greetingOf } from '../running/greeting.ts';
import { type GivenLog, LiveSettings } from '../running/live-settings.ts';
import { inspectPortOf, portOf, processesOf, storeIn, withAdvice } from '../running/place.ts';
import { UsageError } from '../text/usage.ts';
import { uris } from '../up/control.ts';
import { type LocalControl, openLocalControl, privateFolder } from '../up/local-control.ts';
import { withComponents } from '../up/own-access.ts';
import { offerReload, type Reloading, reloadOnHangup } from '../up/reloading.ts';

export const routerHelp = `Usage: autostrada router [options]

A WAMP router. Without --config it is for development: realm1, or the realms given by --realm, are open to anyone. Other
realms do not exist.

Options:
  --host HOST      where to listen (default 127.0.0.1, this machine only)
  --port PORT      which port; 0 takes a free one (default: the variable PORT, else 8080)
  --path PATH      where the WebSocket is (default /ws)
  --realm NAME     an open realm; may be given several times (default realm1)
  --config FILE    realms, users, permissions, limits and ports as JSON with comments, instead of --realm; other options
                   win over what it says about its port; 'autostrada check FILE' finds its mistakes
  --web DIR        serves the files of a directory over HTTP
  --store DIR      keeps retained events and histories in this folder, instead of that of FILE, so that a restart forgets
                   nothing; needs the package classic-level
  --processes N    so many processes serve the port together, and are one router, instead of the number in FILE; another
                   one is started when one ends
  --http           calls, publications and events by plain HTTP: POST /call/com.example.add
  --tls-cert FILE  speaks TLS, with this certificate (PEM)
  --tls-key FILE   its private key (PEM)
  --origin ORIGIN  pages of this origin may connect, too: https://example.com; may be given several times; '*': all
  --host-name NAME browsers may reach the router by this name, too: router.example.com; may be given several times;
                   '*': by any. Other names are refused, because any site can let its own name point here
  --inspect        opens the inspector, a page about the router, on another port of this machine, and prints its address. The
                   address lets one browser in, for 12 hours
  --inspect-port N its port (default: a free one)
  --trust-proxy    every client comes through a proxy: take addresses and host names from its headers
  --log-format F   text (default), or json: an object a line
  --log-level L    debug, info, warn (default) or error; info also logs sessions that join and leave
  --help           this text

The port takes WebSocket, RawSocket and HTTP.

Ctrl-C (SIGINT) says GOODBYE to every session. SIGTERM refuses new connections, waits for calls that are running (drainMs in
the file, 5 s), and closes the connections without GOODBYE, so that all clients come back after a restart. A second signal ends
it at once. SIGHUP reads FILE again: users, roles, permissions, certificates,
origins, hosts, pages, ops and the log change, and sessions that are still allowed stay.

The log goes to stderr. DEBUG=autostrada in the environment is the same as --log-level debug.
`;

export interface RouterCommand {
  readonly realms: readonly string[];
  /** A file, instead of `realms`. */
  readonly config: string | undefined;
  /** What is given about the port. */
  readonly listen: ListenConfig;
  /** Unless another one is given, or the file has one. */
  readonly port: number;
  /** Instead of the folder of the file. */
  readonly store: string | undefined;
  /** How many share the port. Undefined: the file says it. */
  readonly processes: number | undefined;
  /** The port of the inspector; 0: a free one. Undefined: there is none. */
  readonly inspectPort: number | undefined;
  readonly log: GivenLog;
}

export function parseRouterArgs(args: readonly string[], env: { readonly [name: string]: string | undefined }): RouterCommand {
  let values: {
    host?: string;
    port?: string;
    path?: string;
    realm?: string[];
    config?: string;
    web?: string;
    store?: string;
    processes?: string;
    http?: boolean;
    'tls-cert'?: string;
    'tls-key'?: string;
    origin?: string[];
    'host-name'?: string[];
    'trust-proxy'?: boolean;
    inspect?: boolean;
    'inspect-port'?: string;
    'log-format'?: string;
    'log-level'?: string;
  };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        path: { type: 'string' },
        realm: { type: 'string', multiple: true },
        config: { type: 'string' },
        web: { type: 'string' },
        store: { type: 'string' },
        processes: { type: 'string' },
        http: { type: 'boolean' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        origin: { type: 'string', multiple: true },
        'host-name': { type: 'string', multiple: true },
        'trust-proxy': { type: 'boolean' },
        inspect: { type: 'boolean' },
        'inspect-port': { type: 'string' },
        'log-format': { type: 'string' },
        'log-level': { type: 'string' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  // Often a variable of a shell that is not set.
  const empty = Object.entries(values).find(([, value]) => value === '' || (Array.isArray(value) && value.includes('')));
  if (empty) throw new UsageError(`expected a value for --${empty[0]}, got ''`);
  const port = portOf(values.port) ?? portOf(env.PORT || undefined) ?? 8080; // an empty variable counts as not set
  const {
    host,
    path,
    web,
    http,
    'tls-cert': cert,
    'tls-key': key,
    origin: origins,
    'host-name': hosts,
    'trust-proxy': trustProxy,
  } = values;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('expected both --tls-cert and --tls-key, or neither');
  if (values.config !== undefined && values.realm) throw new UsageError('expected --config or --realm, not both');
  return {
    realms: values.realm ?? ['realm1'],
    config: values.config,
    listen: {
      ...(host === undefined ? {} : { host }),
      ...(values.port === undefined ? {} : { port }),
      ...(path === undefined ? {} : { path }),
      ...(web === undefined ? {} : { web }),
      ...(http === undefined ? {} : { http }),
      ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
      ...(origins === undefined ? {} : { origins: origins.includes('*') ? '*' : origins }),
      ...(hosts === undefined ? {} : { hosts: hosts.includes('*') ? '*' : hosts }),
      ...(trustProxy === undefined ? {} : { trustProxy }),
    },
    port,
    store: values.store,
    processes: processesOf(values.processes),
    inspectPort: inspectPortOf(values.inspect, values['inspect-port']),
    log: { format: values['log-format'], level: values['log-level'] },
  };
}

/** What is given wins over the only port of the file. */
function portsOf(ports: readonly ListenConfig[], { listen: given, port, config }: RouterCommand): readonly ListenConfig[] {
  const [name] = Object.keys(given);
  if (ports.length > 1) {
    if (name === undefined) return ports;
    throw new UsageError(`expected no option about a port, because ${config} has ${ports.length} ports, got ${name}`);
  }
  const { socketPath, ...only } = ports[0] ?? {};
  const isSocket = socketPath !== undefined && given.host === undefined && given.port === undefined;
  return [isSocket ? { ...only, socketPath, ...given } : { port, ...only, ...given }];
}

/** Runs until SIGINT (GOODBYE to all) or SIGTERM (connections are closed without it, for a restart). */
export async function runRouter(args: readonly string[]): Promise<void> {
  const command = parseRouterArgs(args, process.env);
  const starter = await starterOf(process);
  const loaded =
    command.config === undefined
      ? { router: { realms: Object.fromEntries(command.realms.map((realm) => [realm, 'open'] as const)) }, listen: [] }
      : await loadFile(command.config, starter?.text);
  const file: Partial<LoadedFile> = loaded;
  const live = new LiveSettings(command.log, process.env, (line) => void process.stderr.write(`${line}\n`));
  live.take(file);
  const ports = (given: readonly ListenConfig[]): readonly ListenConfig[] => portsOf(given, command);
  if (command.inspectPort !== undefined && (starter || (command.processes ?? file.processes ?? 1) > 1))
    throw new UsageError('expected --inspect with one process: several processes have an inspector with autostrada up');
  if (starter) return serveAsOne(process, { loaded, live, ports, starter });
  const count = command.processes ?? file.processes ?? 1;
  const running = count > 1 ? await startSeveral(command, loaded, live, count) : await startOne(command, loaded, live);
  if (!running) return;
  greet(greetingOf(loaded.router.realms, ports(loaded.listen), running.ports, count), live);
  if (running.inspector !== undefined) process.stdout.write(`inspector at ${running.inspector}\n`);
}

interface Running {
  readonly ports: readonly OpenPort[];
  /** Its address, if it was asked for. */
  readonly inspector?: string | undefined;
}

/** Nothing: it was told to stop before it listened. */
async function startOne(
  command: RouterCommand,
  loaded: Pick<LoadedFile, 'router' | 'listen'>,
  live: LiveSettings,
): Promise<Running> {
  let { realms } = loaded.router;
  const served = await serve(loaded, {
    hooks: { log: live.log },
    router: (config) => {
      ({ realms } = config);
      return withComponents(config, []);
    },
    ports: (given) => portsOf(given, command),
    store: storeIn(command.store),
    others: (next) => {
      live.take(next);
      return []; // the rest is for `autostrada up`
    },
  }).catch((error: unknown) => Promise.reject(withAdvice(error)));
  const { router } = served;
  const inspector = new LazyInspector({ router, realms: () => realms });
  let local: LocalControl | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    // Restarts begin with SIGTERM: without GOODBYE all clients come back, Autobahn|JS too. Nothing keeps the process running then; a second signal ends
    // it at once.
    const options = signal === 'SIGTERM' ? ({ goodbye: false, drainMs: live.drainMs } as const) : {};
    Promise.all([local?.close(), inspector.close(), served.close(options)]).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (command.config !== undefined) local = await offerControl(served);
  if (local) await offerInspection(router, local.connection);
  if (local) await inspector.offer(local.connection);
  return {
    ports: served.listeners,
    inspector: command.inspectPort === undefined ? undefined : await inspector.url(command.inspectPort),
  };
}

/** Starts several processes, each with this command. */
async function startSeveral(
  command: RouterCommand,
  loaded: Pick<LoadedFile, 'listen'> & Partial<LoadedFile>,
  live: LiveSettings,
  count: number,
): Promise<Running | undefined> {
  const ports = portsOf(loaded.listen, command);
  const stored = storeIn(command.store)?.(loaded.store) ?? loaded.store;
  const folder = privateFolder(process.env);
  const { text, cluster } = loaded;
  const { processes, store } = await openProcesses({ count, ports, folder, stored, text, cluster, live });
  const reloadSeveral = async (config: string): Promise<Reloaded> => {
    const next = await loadFile(config);
    const { ended, needsRestart } = await processes.reload({ text: next.text, ports: portsOf(next.listen, command) });
    live.take(next);
    return { ended, needsRestart: [...needsRestart, ...storeChange(loaded, next)] };
  };
  let local: LocalControl | undefined;
  let isStopping = false;
  const stop = async (signal: StopSignal): Promise<void> => {
    const isFirst = !isStopping;
    isStopping = true;
    if (isFirst && signal === 'SIGTERM') await processes.drain(live.drainMs);
    await processes.stop(signal);
    if (!isFirst) return;
    await local?.close();
    await store?.close();
  };
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGTERM', () => void stop('SIGTERM'));
  const open = await processes.start().catch(async (error: unknown) => {
    await stop('SIGINT');
    throw error;
  });
  if (isStopping) return undefined;
  const { config } = command;
  if (config !== undefined) local = await offerControl({ reload: () => reloadSeveral(config) });
  return { ports: open };
}

/** For SIGHUP, `autostrada reload` and `autostrada ps`. */
async function offerControl(served: Reloading): Promise<LocalControl | undefined> {
  reloadOnHangup(served, process, (_level, text) => void process.stderr.write(`autostrada: ${text}\n`));
  const local = await openLocalControl(process.env).catch(() => undefined); // without it there is SIGHUP
  if (local) await offerReload(served, local.connection);
  await local?.connection.register(uris.list, () => []).ready; // there are no components
  return local;
}

function greet({ text, warning }: Greeting, { log, format }: LiveSettings): void {
  process.stdout.write(`${text}\n`);
  if (warning === undefined) return;
  if (format === 'json') log({ level: 'warn', message: warning });
  else process.stderr.write(`autostrada: warning: ${warning}\n`);
}
