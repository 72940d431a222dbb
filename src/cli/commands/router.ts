/* `autostrada router` */
import { parseArgs } from 'node:util';
import { type LineLogOptions, type ListenConfig, type LoadedFile, loadFile, openStore, serve } from '../../node/index.ts';
import { ownProcess, Processes } from '../processes/processes.ts';
import { type Greeting, greetingOf } from '../running/greeting.ts';
import { type GivenLog, logOf, logOptions } from '../running/log-options.ts';
import { storeIn, withAdvice } from '../running/place.ts';
import { DRAIN_MS } from '../running/stop.ts';
import { UsageError } from '../text/usage.ts';
import { uris } from '../up/control.ts';
import { type LocalControl, openLocalControl, privateFolder } from '../up/local-control.ts';
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
  --processes N    so many processes serve the port together, and are one router; another one is started when one ends
  --http           calls, publications and events by plain HTTP: POST /call/com.example.add
  --tls-cert FILE  speaks TLS, with this certificate (PEM)
  --tls-key FILE   its private key (PEM)
  --origin ORIGIN  pages of this origin may connect, too: https://example.com; may be given several times; '*': all
  --host-name NAME browsers may reach the router by this name, too: router.example.com; may be given several times;
                   '*': by any. Other names are refused, because any site can let its own name point here
  --trust-proxy    every client comes through a proxy: take addresses and host names from its headers
  --log-format F   text (default), or json: an object a line
  --log-level L    debug, info, warn (default) or error; info also logs sessions that join and leave
  --help           this text

The port takes WebSocket, RawSocket and HTTP.

Ctrl-C (SIGINT) says GOODBYE to every session. SIGTERM refuses new connections, waits for calls that are running (drainMs in
the file, 5 s), and closes the connections without GOODBYE, so that all clients come back after a restart. A second signal ends
it at once. SIGHUP reads FILE again: users, roles, permissions and
certificates change, and sessions that are still allowed stay.

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
  /** How many share the port. */
  readonly processes: number;
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
    log: { format: values['log-format'], level: values['log-level'] },
  };
}

function processesOf(given = '1'): number {
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new UsageError(`expected a number of processes from 1 to 999, got '${given}'`);
}

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d+$/.test(given) && Number(given) <= 65_535) return Number(given);
  throw new UsageError(`expected a port from 0 to 65535, got '${given}'`);
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
  const loaded =
    command.config === undefined
      ? {
          router: { realms: Object.fromEntries(command.realms.map((realm) => [realm, 'open'] as const)) },
          listen: [],
          store: undefined,
          log: undefined,
          drainMs: undefined,
        }
      : await loadFile(command.config);
  const logging = logOptions(command.log, loaded.log, process.env);
  const log = logOf(logging, process.stderr);
  const ports = portsOf(loaded.listen, command);
  // It may be told to stop before it listens.
  const own = ownProcess(process, { stop: (signal) => stop(signal), reload: async () => (await serving).reload() });
  if (command.processes > 1 && !own) return runProcesses(command, loaded, log, logging.format);
  let local: LocalControl | undefined;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) return;
    isStopping = true;
    // One of several gets each signal twice: from outside, and from the process that has started it.
    if (!own) {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
    // Restarts begin with SIGTERM: without GOODBYE all clients come back, Autobahn|JS too. Nothing keeps the process running then; a second signal ends
    // it at once.
    const options = signal === 'SIGTERM' ? ({ goodbye: false, drainMs: loaded.drainMs ?? DRAIN_MS } as const) : {};
    Promise.all([local?.close(), serving.then((started) => started.close(options))])
      .catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exitCode = 1;
      })
      .finally(() => own && process.disconnect?.());
  };
  const serving = serve(loaded, {
    hooks: { log, ...(own && { cluster: own.engine }) },
    ports: (given) => own?.withFreePorts(portsOf(given, command)) ?? portsOf(given, command),
    ...(own && { sharedPort: own.sharedPort }),
    // In a cluster it belongs to the process that has started this one.
    store: own ? () => undefined : storeIn(command.store),
  });
  const served = await serving.catch((error: unknown) => {
    if (own) process.disconnect?.(); // it would stay
    throw withAdvice(error);
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (command.config !== undefined && !own) local = await offerControl(served);

  const greeting = greetingOf(loaded.router.realms, ports, served.listeners);
  if (own) own.started(greeting.text, greeting.warning);
  else greet(greeting, log, logging.format);
}

/** Starts several processes, each with this command. */
async function runProcesses(
  command: RouterCommand,
  loaded: Pick<LoadedFile, 'store' | 'listen'>,
  log: ReturnType<typeof logOf>,
  format: LineLogOptions['format'],
): Promise<void> {
  const ports = portsOf(loaded.listen, command);
  if (ports.some(({ cookies }) => cookies !== undefined))
    throw new UsageError(`expected no cookies in ${command.config} with --processes: each process would know only its own logins`);
  const stored = storeIn(command.store)?.(loaded.store) ?? loaded.store;
  const store = stored && (await openStore(stored).catch((error: unknown) => Promise.reject(withAdvice(error))));
  const processes = new Processes({ count: command.processes, ports, folder: privateFolder(process.env), store, log });
  let local: LocalControl | undefined;
  const stop = (signal: 'SIGINT' | 'SIGTERM'): void => {
    void processes.stop(signal).then(async () => {
      await local?.close();
      await store?.close();
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const { text, warning } = await processes.start().catch(async (error: unknown) => {
    await processes.stop('SIGTERM');
    await store?.close();
    throw error;
  });
  if (processes.isStopping) return;
  if (command.config !== undefined) local = await offerControl(processes);
  greet({ text: `${command.processes} processes: ${text}`, warning }, log, format);
}

/** For SIGHUP, `autostrada reload` and `autostrada ps`. */
async function offerControl(served: Reloading): Promise<LocalControl | undefined> {
  reloadOnHangup(served, process, (text) => void process.stderr.write(`autostrada: ${text}\n`));
  const local = await openLocalControl(process.env).catch(() => undefined); // without it there is SIGHUP
  if (local) await offerReload(served, local.connection);
  await local?.connection.register(uris.list, () => []).ready; // there are no components
  return local;
}

function greet({ text, warning }: Greeting, log: ReturnType<typeof logOf>, format: LineLogOptions['format']): void {
  process.stdout.write(`${text}\n`);
  if (warning === undefined) return;
  if (format === 'json') log({ level: 'warn', message: warning });
  else process.stderr.write(`autostrada: warning: ${warning}\n`);
}
