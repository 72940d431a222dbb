/* What is said about a cluster in a configuration file, and the engine that it describes. */
import { readFileSync } from 'node:fs';
import type { NatsOptions } from '../../nats/options.ts';
import type { NatsTls } from '../../nats/tls.ts';
import type { Engine } from '../../router/elsewhere/engine.ts';

/** Routers on several machines that share their realms. */
export interface ClusterConfig {
  readonly nats: NatsConfig;
}

/** The NATS server that joins them, with JetStream. It needs the packages `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`. */
export interface NatsConfig extends Omit<NatsOptions, 'credentials' | 'tls'> {
  /** A file of credentials, as NATS makes them, or one with the seed of a user's nkey. */
  readonly credentials?: string | undefined;
  /** Demands TLS. */
  readonly tls?: NatsTlsFiles | undefined;
}

/** Files in PEM. */
export interface NatsTlsFiles {
  /** The authorities that sign the server's certificate. Default: those of Node.js. */
  readonly ca?: string | undefined;
  /** The certificate of this router. */
  readonly cert?: string | undefined;
  /** The file of its private key. */
  readonly key?: string | undefined;
}

/** With the texts of its files. @throws Node's error for a file that cannot be read. */
export function natsOptions({ credentials, tls, ...rest }: NatsConfig): NatsOptions {
  const files: NatsTls | undefined = tls && { ca: read(tls.ca), cert: read(tls.cert), key: read(tls.key) };
  return { ...rest, credentials: read(credentials), tls: files };
}

/** @throws If a package of NATS is not installed. */
export async function engineOf({ nats: config }: ClusterConfig): Promise<Engine> {
  const { nats } = await import('../../nats/nats.ts');
  return nats(natsOptions(config));
}

function read(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}
