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
import { openStore } from './store/file-store.ts';
import { readTlsFiles } from './tls/tls-files.ts';

export interface ServeOptions {
  /** For the router. A `store` here is used instead of that of the file, and is not closed. */
  readonly hooks?: RouterHooks | undefined;
  /** Changes what the file says about ports, at the start and at each reload. Default: nothing is changed. */
  readonly ports?: ((ports: readonly ListenConfig[]) => readonly ListenConfig[]) | undefined;
}

export interface Served extends AsyncDisposable {
  readonly router: Router;
  /** In the order of the file. */
  readonly listeners: readonly Listener[];
  /** Closes the ports, the router and the store. The options are those of `router.close`. */
  close(options?: { readonly goodbye?: Uri | false | undefined }): Promise<void>;
}

/**
 * Starts the router and the ports that a configuration file describes, and opens its store.
 *
 * @param source - The file, or what `loadFile` made of it.
 * @throws ConfigFileError with all faults of the file. Node's error, `EADDRINUSE` for a taken port; the error of `openStore`. Then nothing stays open.
 * @example await using served = await serve('router.json');
 */
export async function serve(
  source: string | (Pick<LoadedFile, 'router' | 'listen'> & Partial<Pick<LoadedFile, 'store'>>),
  options: ServeOptions = {},
): Promise<Served> {
  checkOptions('serve', options, { hooks: any, ports: func });
  const { hooks, ports = (given) => given } = options;
  const loaded = typeof source === 'string' ? await loadFile(source) : source;
  const opened = loaded.store && !hooks?.store ? await openStore(loaded.store) : undefined;
  const listeners: Listener[] = [];
  let router: Router | undefined;
  const close = async (how?: { readonly goodbye?: Uri | false | undefined }): Promise<void> => {
    await Promise.all([...listeners.map((listener) => listener.close()), router?.close(how)]);
    // Sessions that end may still publish.
    await opened?.close();
  };
  try {
    router = new Router(loaded.router, opened ? { ...hooks, store: opened } : hooks);
    const given = ports(loaded.listen);
    for (const port of given.length > 0 ? given : [{}]) listeners.push(await listen(router, listenOptions(port)));
    const served: Omit<Served, keyof AsyncDisposable> = { router, listeners, close };
    makeDisposable(served, () => served.close());
    return served;
  } catch (error) {
    await close();
    throw error;
  }
}

const SERIALIZERS = { json, msgpack, cbor } as const;

function listenOptions({ tls, serializers, ...port }: ListenConfig): ListenOptions {
  return {
    ...port,
    ...(tls === undefined ? {} : { tls: readTlsFiles(tls) }),
    ...(serializers === undefined ? {} : { serializers: serializers.map((name) => SERIALIZERS[name]()) }),
  };
}
