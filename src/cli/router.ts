/* `autostrada router` */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { listen, loadConfig } from '../node/index.ts';
import { type LogEntry, Router, type RouterConfig } from '../router/index.ts';
import { UsageError } from './usage.ts';

export const routerHelp = `Usage: autostrada router [options]

A WAMP router. Without --config for development: every realm is open to anyone.

Options:
  --host HOST      where to listen (default 127.0.0.1, this machine only)
  --port PORT      which port; 0 takes a free one (default: the variable PORT, else 8080)
  --path PATH      where the WebSocket is (default /ws)
  --realm NAME     an open realm; may be given several times (default realm1)
  --config FILE    realms, users and permissions: JSON, { "env": "NAME" } in it for what is secret
  --web DIR        serves the files of a directory over HTTP
  --tls-cert FILE  speaks TLS, with this certificate (PEM)
  --tls-key FILE   its private key (PEM)
  --help           this text

The port takes WebSocket, RawSocket and HTTP.

DEBUG=autostrada in the environment logs who joins and leaves.
`;

export interface RouterCommand {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly realms: readonly string[];
  /** A file, in place of `realms`. */
  readonly config: string | undefined;
  readonly web: string | undefined;
  /** Files. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

export function parseRouterArgs(args: readonly string[], env: { readonly [name: string]: string | undefined }): RouterCommand {
  let values: {
    host?: string;
    port?: string;
    path?: string;
    realm?: string[];
    config?: string;
    web?: string;
    'tls-cert'?: string;
    'tls-key'?: string;
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
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const given = values.port ?? (env.PORT || '8080'); // an empty variable is none
  const port = Number(given);
  if (!/^\d+$/.test(given) || port > 65535) throw new UsageError(`expected a port from 0 to 65535, got '${given}'`);
  const { 'tls-cert': cert, 'tls-key': key } = values;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('expected both --tls-cert and --tls-key, or neither');
  const { config } = values;
  if (config !== undefined && values.realm)
    throw new UsageError('expected --config or --realm: the configuration names the realms');
  return {
    host: values.host ?? '127.0.0.1',
    port,
    path: values.path ?? '/ws',
    realms: values.realm ?? ['realm1'],
    config,
    web: values.web,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
  };
}

/** Runs until SIGINT or SIGTERM. */
export async function runRouter(args: readonly string[]): Promise<void> {
  const { host, port, path, realms: open, config: file, web, tls: files } = parseRouterArgs(args, process.env);
  const tls = files && { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  const isLogging = /(^|[\s,])(\*|autostrada(:\*|\*)?)($|[\s,])/.test(process.env.DEBUG ?? '');
  const log = ({ level, message }: LogEntry): void => {
    if (isLogging || level === 'error') process.stderr.write(`${level}: ${message}\n`);
  };
  const config =
    file === undefined ? { realms: Object.fromEntries(open.map((realm) => [realm, 'open' as const])) } : await loadConfig(file);
  const router = new Router(config, { log });
  const listener = await listen(router, { host, port, path, web, tls }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`port ${port} is taken: choose another with --port, or with the variable PORT`)
      : error;
  });
  const stop = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    // GOODBYE to every session; nothing keeps the process then. A second signal ends it at once.
    Promise.all([listener.close(), router.close()]).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  const page = web === undefined ? '' : `, pages at ${listener.url.replace(/^ws/, 'http').slice(0, -path.length)}/`;
  const free = openRealms(config);
  const to =
    free.length === 0 ? '' : file === undefined ? 'open to anyone who can connect; ' : `${free.join(', ')}: open to anyone; `;
  process.stdout.write(`router at ${listener.url}, realm ${Object.keys(config.realms).join(', ')}${page} (${to}Ctrl-C stops it)\n`);
  if (free.length > 0 && !/^(127\.|localhost$|::1$)/.test(host))
    process.stderr.write(
      `warning: anyone who reaches ${host} may do everything in ${free.join(', ')}; --config FILE says who may what\n`,
    );
}

/** Realms in which who comes without credentials may do everything. */
function openRealms({ realms }: RouterConfig): readonly string[] {
  return Object.keys(realms).filter((name) => {
    const realm = realms[name];
    if (realm === undefined || realm === 'open') return true;
    return realm.anonymous !== undefined && realm.authroles[realm.anonymous]?.permissions === 'all';
  });
}
