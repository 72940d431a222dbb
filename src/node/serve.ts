/*
 * All that a configuration file describes, running: a router and its ports. Components are not among it.
 */
import { makeDisposable } from '../base/dispose.ts';
import { any, checkOptions, complain, func } from '../base/options.ts';
import type { Uri } from '../base/words.ts';
import type { RouterConfig, RouterHooks } from '../router/config/config.ts';
import type { Reloaded } from '../router/reload.ts';
import { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import { type LoadedFile, loadFile } from './config/load-file.ts';
import { otherChanges, portChanges } from './config/port-changes.ts';
import type { ListenConfig } from './config/router-file.ts';
import { type CookieStore, MemoryCookieStore } from './cookies/cookie-store.ts';
import { cookieStore } from './cookies/stored-logins.ts';
import { bridgesIn, type HttpBridgeConfig, type HttpOptions } from './http-bridge/bridge-config.ts';
import { type Listener, listen } from './listen.ts';
import type { ListenOptions } from './listen-options.ts';
import type { SharedPort } from './longpoll/other-processes.ts';
import { loadContract } from './openapi/contract-module.ts';
import { openStore } from './store/file-store.ts';
import type { StoreConfig } from './store/store-config.ts';
import { type TlsOptions, tlsOptions } from './tls/tls.ts';
import { readTlsFiles, type TlsFiles } from './tls/tls-files.ts';

export interface ServeOptions {
  /** For the router. A `store` here is used instead of that of the file, and is not closed. */
  readonly hooks?: RouterHooks | undefined;
  /** Changes what the file says about the router, at the start and at each reload. Default: nothing is changed. */
  readonly router?: ((config: RouterConfig) => RouterConfig) | undefined;
  /** Changes what the file says about ports, at the start and at each reload. Default: nothing is changed. */
  readonly ports?: ((ports: readonly ListenConfig[]) => readonly ListenConfig[]) | undefined;
  /** Changes what the file says about the store, at the start and at each reload. Default: nothing is changed. */
  readonly store?: ((store: StoreConfig | undefined) => StoreConfig | undefined) | undefined;
  /** For several processes that share the ports. `own` gets the index of the port. Default: this process is the only one. */
  readonly sharedPort?: SharedPort | undefined;
  /** Asked by `/readyz` of `ops`, besides whether all ports listen. Default: it is. */
  readonly isReady?: (() => boolean) | undefined;
}

export interface Served extends AsyncDisposable {
  readonly router: Router;
  /** In the order of the file. */
  readonly listeners: readonly Listener[];
  /**
   * Reads the file again, and takes over what can change while it runs: all that `router.reload` takes over, and certificates. Nothing changes if anything in
   * the file is wrong. What needs a restart is in the result, and in the log.
   *
   * @throws ConfigFileError with all faults of the file. TypeError if `serve` was not given a file.
   */
  reload(): Promise<Reloaded>;
  /**
   * Closes the ports, the router and the store. `goodbye`: that of `router.close`. `drainMs`: the time for calls that are running (`router.drain`), default 0: it does not wait.
   * Meanwhile new connections are refused, and `/readyz` says 503.
   */
  close(options?: { readonly goodbye?: Uri | false | undefined; readonly drainMs?: number | undefined }): Promise<void>;
}

/**
 * Starts the router and the ports that a configuration file describes, and opens its store.
 *
 * @param source - The file, or what `loadFile` made of it, or a part of that.
 * @throws ConfigFileError with all faults of the file. Node's error, `EADDRINUSE` for a taken port; the error of `openStore`. Then nothing stays open.
 * @example await using served = await serve('router.json');
 */
export async function serve(source: string | Source, options: ServeOptions = {}): Promise<Served> {
  checkOptions('serve', options, { hooks: any, router: func, ports: func, store: func, sharedPort: any, isReady: func });
  const { hooks, router: configOf = (given) => given, ports: portsOf = (given) => given, isReady = () => true } = options;
  const { store: storeOf = (given) => given } = options;
  const loaded: Source = typeof source === 'string' ? await loadFile(source) : source;
  const ports = withDefault(portsOf(loaded.listen));
  const config = configOf(loaded.router);
  const stored = storeOf(loaded.store);
  const store = stored && !hooks?.store ? await openStore(stored) : undefined;
  const listeners: Listener[] = [];
  let router: Router;
  try {
    router = new Router(config, store ? { ...hooks, store } : hooks);
  } catch (error) {
    await store?.close();
    throw error;
  }
  const close = async (how?: { readonly goodbye?: Uri | false | undefined }): Promise<void> => {
    await Promise.all([...listeners.map((listener) => listener.close()), router.close(how)]);
    // Sessions that end may still publish.
    await store?.close();
  };
  let areOpen = false;
  try {
    // A browser sends its cookie to all ports of a host.
    const hasCookies = ports.some((port) => port.cookies !== undefined);
    const logins = hasCookies && store ? await cookieStore(store) : new MemoryCookieStore();
    for (const [i, port] of ports.entries()) {
      const settled = await listenOptions(port, () => areOpen && isReady(), logins);
      listeners.push(await listen(router, { ...settled, sharedPort: partOf(options.sharedPort, i) }));
    }
    areOpen = true;
  } catch (error) {
    await close();
    throw error;
  }
  const reload = async (): Promise<Reloaded> => {
    if (loaded.file === undefined) throw new TypeError('expected serve to have a file that can be read again, got a configuration');
    const next = await loadFile(loaded.file);
    const changes = portChanges(ports, withDefault(portsOf(next.listen)));
    const others = [
      ...changes.needsRestart,
      ...otherChanges({ ...loaded, store: stored }, { ...next, store: storeOf(next.store) }),
    ];
    // Read once, and checked before anything changes: another program may be replacing certificate and key now.
    const certificates = changes.tls.map(([i, tls]) => [i, checkedTlsFiles(tls)] as const);
    const { ended, needsRestart } = router.reload(configOf(next.router));
    for (const [i, tls] of certificates) listeners[i]?.setTls(tls);
    for (const path of others) router.note({ level: 'warn', message: `${path}: the change counts after a restart` });
    return { ended, needsRestart: [...needsRestart, ...others] };
  };
  let reloading: Promise<unknown> = Promise.resolve();
  const served: Omit<Served, keyof AsyncDisposable> = {
    router,
    listeners,
    reload: () => {
      // One after the other: otherwise an older text of the file could be read last.
      const reloaded = reloading.then(reload, reload);
      reloading = reloaded;
      return reloaded;
    },
    close: async ({ drainMs = 0, ...how } = {}) => {
      if (drainMs > 0) await router.drain(drainMs);
      await close(how);
    },
  };
  makeDisposable(served, () => served.close());
  return served;
}

/** What `serve` needs of a file. Without `file` it cannot be read again. */
type Source = Pick<LoadedFile, 'router' | 'listen'> &
  Partial<Pick<LoadedFile, 'file' | 'store' | 'components' | 'control' | 'log' | 'drainMs'>>;

/** With the contract itself instead of its module. */
async function withContract({ openapi, ...bridge }: HttpBridgeConfig): Promise<HttpOptions> {
  return openapi ? { ...bridge, openapi: { ...openapi, contract: await loadContract(openapi.contract) } } : bridge;
}

/** Each port has a name of its own. */
function partOf(shared: SharedPort | undefined, index: number): SharedPort | undefined {
  return shared && { ...shared, own: `${shared.own}p${index}` };
}

function withDefault(ports: readonly ListenConfig[]): readonly ListenConfig[] {
  return ports.length > 0 ? ports : [{}];
}

/** @throws TypeError if they do not fit together. */
function checkedTlsFiles(files: TlsFiles): TlsOptions {
  const read = readTlsFiles(files);
  complain('tls', tlsOptions, read);
  return read;
}

const SERIALIZERS = { json, msgpack, cbor } as const;

async function listenOptions(
  { tls, serializers, ops, cookies, http, ...port }: ListenConfig,
  isReady: () => boolean,
  logins: CookieStore,
): Promise<ListenOptions> {
  return {
    ...port,
    ...(cookies === undefined ? {} : { cookies: { ...cookies, store: logins } }),
    ...(http === undefined
      ? {}
      : { http: typeof http === 'boolean' ? http : await Promise.all(bridgesIn(http).map(withContract)) }),
    ...(ops === undefined ? {} : { ops: { ...ops, isReady } }),
    ...(tls === undefined ? {} : { tls: readTlsFiles(tls) }),
    ...(serializers === undefined ? {} : { serializers: serializers.map((name) => SERIALIZERS[name]()) }),
  };
}
