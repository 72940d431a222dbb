/*
 * What a configuration file may have: all that code can say in data. The JSON Schema of the file is made from these types and their docstrings, by
 * `node test/package/schema.mjs`.
 */
import type { RouterConfig } from '../../router/config/config.ts';
import type { ComponentsConfig, ControlConfig } from '../components/component-config.ts';
import type { PagesConfig } from '../http/pages-config.ts';
import type { LogConfig } from '../log/line-log.ts';
import type { PortConfig } from '../port/port-config.ts';
import type { StoreConfig } from '../store/store-config.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { ClusterConfig } from './cluster-config.ts';

/** One port, or one unix socket. */
export interface ListenConfig extends PortConfig {
  /** A directory of static files, or that and how they are served. Default: none. */
  readonly web?: string | PagesConfig | undefined;
  /** Certificate and key turn TLS on, for all protocols of the port. Default: none. */
  readonly tls?: TlsFiles | undefined;
  /** The router takes the first one that the client offers and that is in this list. Default: all of these. */
  readonly serializers?: readonly ('json' | 'msgpack' | 'cbor')[] | undefined;
}

/**
 * The configuration of a router, its ports, and the components beside it. Paths count from the folder of the file. `{ "env": "NAME" }` instead of a string or
 * a port reads an environment variable.
 */
export interface RouterFile extends RouterConfig {
  /** The JSON Schema of this file, for editors: `./node_modules/autostrada/dist/router.schema.json`. */
  readonly $schema?: string | undefined;
  /** The ports. Default: one, 127.0.0.1:8080. */
  readonly listen?: ListenConfig | readonly ListenConfig[] | undefined;
  /** Keeps retained events and histories in files. Default: they are in memory, until the router stops. */
  readonly store?: StoreConfig | undefined;
  /** Programs that `autostrada up` keeps running beside the router, by name. Default: none. */
  readonly components?: ComponentsConfig | undefined;
  /** How the router's log is written, for `autostrada router` and `autostrada up`. */
  readonly log?: LogConfig | undefined;
  /**
   * How long SIGTERM waits until no call runs, in milliseconds. Near the end of that time new calls are refused. New connections are refused meanwhile. Default 5000; 0: it does not wait.
   */
  readonly drainMs?: number | undefined;
  /**
   * How many processes of this machine share the ports, and are one router. Default 1. `--processes` wins.
   */
  readonly processes?: number | undefined;
  /** Joins this router to others on other machines. Default: it is alone. */
  readonly cluster?: ClusterConfig | undefined;
  /** Where components are seen and controlled by WAMP. Default: nowhere. */
  readonly control?: ControlConfig | undefined;
}
