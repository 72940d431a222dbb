/*
 * All that a configuration file describes, running: a router and its ports. Components are not among it.
 */
import { makeDisposable } from '../base/dispose.ts';
import { any, checkOptions, complain, func } from '../base/options.ts';
import type { Awaitable, Uri } from '../base/words.ts';
import { SYSTEM_SHUTDOWN } from '../protocol/uris.ts';
import type { RouterConfig, RouterHooks } from '../router/config/config.ts';
import type { Reloaded } from '../router/reload.ts';
import { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import { engineOf } from './config/cluster-config.ts';
import { type LoadedFile, loadFile } from './config/load-file.ts';
import { type LiveConfig, otherChanges, portChanges } from './config/port-changes.ts';
import type { ListenConfig } from './config/router-file.ts';
import { type CookieStore, MemoryCookieStore } from './cookies/cookie-store.ts';
import { cookieStore } from './cookies/stored-logins.ts';
import { bridgesIn, type HttpBridgeConfig, type HttpOptions } from './http-bridge/bridge-config.ts';
import { type Listener, listen } from './listen.ts';
import type { ChangedOptions, ListenOptions } from './listen-options.ts';
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
  readonly router?: ((config: RouterConfig, file: Source) => RouterConfig) | undefined;
  /** Changes what the file says about ports, at the start and at each reload. Default: nothing is changed. */
  readonly ports?: ((ports: readonly ListenConfig[]) => readonly ListenConfig[]) | undefined;
  /** Changes what the file says about the store, at the start and at each reload. Default: nothing is changed. */
  readonly store?: ((store: StoreConfig | undefined) => StoreConfig | undefined) | undefined;
  /**
   * Takes over, at a reload, what `serve` has nothing to do with: `log`, `drainMs`, `components`, `control`. Returns the paths of what counts only after a restart. Called
   * last, when all else has been taken over. Default: nothing of it is taken over.
   */
  readonly others?: ((next: LoadedFile) => Awaitable<readonly string[]>) | undefined;
  /** Keeps the logins of browsers. Default: the store of the file, or memory. */
  readonly logins?: CookieStore | undefined;
  /** For several processes that share the ports. `own` gets the index of the port. Default: this process is the only one. */
  readonly sharedPort?: SharedPort | undefined;
  /** Asked by `/readyz` of `ops`, besides whether all ports listen. A text says why it is not. Default: all is. */
  readonly isReady?: (() => boolean | string) | undefined;
}

export interface Served extends AsyncDisposable {
  readonly router: Router;
  /** In the order of the file. */
  readonly listeners: readonly Listener[];
  /**
   * Reads the file again, and takes over what can change while it runs: all that `router.reload` takes over, certificates, and of ports `origins`, `hosts`, `web`, `cookies` and
   * `ops`. Nothing changes if anything in the file is wrong. What needs a restart is in the result, and in the log.
   *
   * @param text - Taken instead of what the file says now.
   * @throws ConfigFileError with all faults of the file. Node's error if the port of `ops` is taken. TypeError if `serve` was not given a file.
   */
  reload(text?: string): Promise<Reloaded>;
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
  checkOptions('serve', options, {
    hooks: any,
    router: func,
    ports: func,
    store: func,
    logins: any,
    sharedPort: any,
    isReady: func,
    others: func,
  });
  const { hooks, router: configOf = (given) => given, ports: portsOf = (given) => given, isReady = () => true } = options;
  const { store: storeOf = (given) => given, others: takeOthers } = options;
  const loaded: Source = typeof source === 'string' ? await loadFile(source) : source;
  const ports = withDefault(portsOf(loaded.listen));
  const config = configOf(loaded.router, loaded);
  const stored = storeOf(loaded.store);
  const store = stored && !hooks?.store ? await openStore(stored) : undefined;
  const listeners: Listener[] = [];
  let router: Router;
  try {
    const cluster = loaded.cluster && !hooks?.cluster ? await engineOf(loaded.cluster) : undefined;
    router = new Router(config, { ...hooks, ...(store ? { store } : {}), ...(cluster ? { cluster } : {}) });
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
  const isAllReady = (): boolean | string => areOpen && isReady();
  let logins = options.logins ?? new MemoryCookieStore();
  try {
    // A browser sends its cookie to all ports of a host.
    if (store && !options.logins && ports.some((port) => port.cookies !== undefined)) logins = await cookieStore(store);
    for (const [i, port] of ports.entries()) {
      const settled = await listenOptions(port, isAllReady, logins);
      listeners.push(await listen(router, { ...settled, sharedPort: partOf(options.sharedPort, i) }));
    }
    areOpen = true;
  } catch (error) {
    await close();
    throw error;
  }
  /** With what they have taken over. */
  let current = ports;
  const changePorts = async (wanted: typeof ports): Promise<void> => {
    for (const [i, port] of wanted.entries()) await listeners[i]?.change(liveOptions(port, isAllReady, logins));
  };
  const reload = async (text: string | undefined): Promise<Reloaded> => {
    if (loaded.file === undefined) throw new TypeError('expected serve to have a file that can be read again, got a configuration');
    const next = await loadFile(loaded.file, text);
    const changes = portChanges(current, withDefault(portsOf(next.listen)));
    const unlike = otherChanges({ ...loaded, store: stored }, { ...next, store: storeOf(next.store) }, takeOthers !== undefined);
    // Read once, and checked before anything changes: another program may be replacing certificate and key now.
    const certificates = changes.tls.map(([i, tls]) => [i, checkedTlsFiles(tls)] as const);
    const wanted = configOf(next.router, next);
    let reloaded: Reloaded;
    try {
      // They may fail, because the port of `ops` is taken.
      await changePorts(changes.ports);
      reloaded = router.reload(wanted);
    } catch (error) {
      await changePorts(current);
      throw error;
    }
    current = changes.ports;
    const { ended, needsRestart } = reloaded;
    for (const [i, tls] of certificates) listeners[i]?.setTls(tls);
    const others = [...changes.needsRestart, ...unlike, ...((await takeOthers?.(next)) ?? [])];
    for (const path of others) router.note({ level: 'warn', message: `${path}: the change counts after a restart` });
    return { ended, needsRestart: [...needsRestart, ...others] };
  };
  let reloading: Promise<unknown> = Promise.resolve();
  const served: Omit<Served, keyof AsyncDisposable> = {
    router,
    listeners,
    reload: (text) => {
      // One after the other: otherwise an older text of the file could be read last.
      const next = (): Promise<Reloaded> => reload(text);
      const reloaded = reloading.then(next, next);
      reloading = reloaded;
      return reloaded;
    },
    close: async ({ drainMs = 0, ...how } = {}) => {
      const { goodbye = SYSTEM_SHUTDOWN } = how;
      if (drainMs > 0) await router.drain(drainMs, { goodbye });
      await close(how);
    },
  };
  makeDisposable(served, () => served.close());
  return served;
}

/** What `serve` needs of a file. Without `file` it cannot be read again. */
type Source = Pick<LoadedFile, 'router' | 'listen'> &
  Partial<Pick<LoadedFile, 'file' | 'store' | 'components' | 'control' | 'log' | 'drainMs' | 'processes' | 'cluster'>>;

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
  { tls, serializers, http, ...port }: ListenConfig,
  isReady: () => boolean | string,
  logins: CookieStore,
): Promise<ListenOptions> {
  return {
    ...port,
    ...liveOptions(port, isReady, logins),
    ...(http === undefined
      ? {}
      : { http: typeof http === 'boolean' ? http : await Promise.all(bridgesIn(http).map(withContract)) }),
    ...(tls === undefined ? {} : { tls: readTlsFiles(tls) }),
    ...(serializers === undefined ? {} : { serializers: serializers.map((name) => SERIALIZERS[name]()) }),
  };
}

function liveOptions(
  { origins, hosts, web, ops, cookies }: LiveConfig,
  isReady: () => boolean | string,
  logins: CookieStore,
): ChangedOptions {
  return { origins, hosts, web, ops: ops && { ...ops, isReady }, cookies: cookies && { ...cookies, store: logins } };
}
