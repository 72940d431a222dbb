/*
 * All that a configuration file describes, running: a router and its ports. Components are not among it.
 */
import { makeDisposable } from '../base/dispose.ts';
import { any, checkOptions, func } from '../base/options.ts';
import type { Uri } from '../base/words.ts';
import type { RouterHooks } from '../router/config/config.ts';
import { Router } from '../router/router.ts';
import { cbor } from '../serializer/cbor.ts';
import { json } from '../serializer/json.ts';
import { msgpack } from '../serializer/msgpack.ts';
import { type LoadedFile, loadFile } from './config/load-file.ts';
import type { ListenConfig } from './config/router-file.ts';
import { type Listener, listen } from './listen.ts';
import type { ListenOptions } from './listen-options.ts';
import { readTlsFiles } from './tls/tls-files.ts';

export interface ServeOptions {
  /** For the router. */
  readonly hooks?: RouterHooks | undefined;
  /** Changes what the file says about ports, at the start and at each reload. Default: nothing is changed. */
  readonly ports?: ((ports: readonly ListenConfig[]) => readonly ListenConfig[]) | undefined;
  /** Asked by `/readyz` of `ops`, besides whether all ports listen. Default: it is. */
  readonly isReady?: (() => boolean) | undefined;
}

export interface Served extends AsyncDisposable {
  readonly router: Router;
  /** In the order of the file. */
  readonly listeners: readonly Listener[];
  /**
   * Closes the ports and the router. `goodbye`: that of `router.close`. `drainMs`: the time for calls that are running (`router.drain`), default 0: it does not wait.
   * Meanwhile new connections are refused, and `/readyz` says 503.
   */
  close(options?: { readonly goodbye?: Uri | false | undefined; readonly drainMs?: number | undefined }): Promise<void>;
}

/**
 * Starts the router and the ports that a configuration file describes.
 *
 * @param source - The file, or what `loadFile` made of it.
 * @throws ConfigFileError with all faults of the file. Node's error, `EADDRINUSE` for a taken port; then nothing stays open.
 * @example await using served = await serve('router.json');
 */
export async function serve(source: string | Pick<LoadedFile, 'router' | 'listen'>, options: ServeOptions = {}): Promise<Served> {
  checkOptions('serve', options, { hooks: any, ports: func, isReady: func });
  const { hooks, ports = (given) => given, isReady = () => true } = options;
  const loaded = typeof source === 'string' ? await loadFile(source) : source;
  const router = new Router(loaded.router, hooks);
  const listeners: Listener[] = [];
  let areOpen = false;
  try {
    const given = ports(loaded.listen);
    for (const port of given.length > 0 ? given : [{}])
      listeners.push(
        await listen(
          router,
          listenOptions(port, () => areOpen && isReady()),
        ),
      );
    areOpen = true;
  } catch (error) {
    await Promise.all([router.close(), ...listeners.map((listener) => listener.close())]);
    throw error;
  }
  const served: Omit<Served, keyof AsyncDisposable> = {
    router,
    listeners,
    close: async ({ drainMs = 0, ...how } = {}) => {
      if (drainMs > 0) {
        const left = await router.drain(drainMs);
        if (left > 0) router.note({ level: 'warn', message: `${left} calls were still running after ${drainMs} ms` });
      }
      await Promise.all([...listeners.map((listener) => listener.close()), router.close(how)]);
    },
  };
  makeDisposable(served, () => served.close());
  return served;
}

const SERIALIZERS = { json, msgpack, cbor } as const;

function listenOptions({ tls, serializers, ops, ...port }: ListenConfig, isReady: () => boolean): ListenOptions {
  return {
    ...port,
    ...(ops === undefined ? {} : { ops: { ...ops, isReady } }),
    ...(tls === undefined ? {} : { tls: readTlsFiles(tls) }),
    ...(serializers === undefined ? {} : { serializers: serializers.map((name) => SERIALIZERS[name]()) }),
  };
}
