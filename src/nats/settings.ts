/* What the NATS client makes of the options of `nats`. */
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { messageOf } from '../base/errors.ts';
import type { NatsPackages } from './api/packages.ts';
import type { NodeSettings } from './nats-node.ts';
import { checkNats, type NatsOptions, SEED } from './options.ts';
import { tlsOptions } from './tls.ts';

const RECONNECT_MS = 250;
const CONNECT_MS = 5000;
/** A connection that does not answer for twice as long is lost. */
const PING_MS = 2000;
/** What Node.js says of a certificate whose authority it does not know. */
const UNKNOWN_AUTHORITY =
  /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/;

export interface NatsSettings {
  /** For errors; without secrets. */
  readonly where: string;
  connection(packages: NatsPackages): NodeConnectionOptions;
  /** Why there is no connection, and what was expected. */
  whyNot(error: unknown): string;
  readonly node: NodeSettings;
}

/** @throws TypeError */
export function settle(options: NatsOptions): NatsSettings {
  const { urls, name, credentials, tls, replicas, goesOn } = checkNats(options);
  const [first] = urls;
  const hosts = urls.map(({ hostname }) => hostname);
  /** The server's certificate was accepted. */
  let isTrusted = false;
  const trust = (): void => {
    isTrusted = true;
  };
  return {
    where: urls.map(({ host }) => host).join(', '),
    node: { name, replicas, goesOn },
    connection: (packages) => ({
      servers: urls.map(({ host }) => host),
      ...(first ? loginOf(first, credentials, packages) : {}),
      ...(tls === undefined ? {} : { tls: tlsOptions(tls, hosts, trust) }),
      name: `autostrada ${name}`,
      inboxPrefix: `autostrada.${name}.inbox`, // so that the subjects of a cluster are all it needs
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true, // credentials may be renewed
      reconnectTimeWait: RECONNECT_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
    }),
    whyNot: (error) => {
      const text = messageOf(error);
      const came = (isGiven: boolean): string => (isGiven ? 'another' : 'none');
      if (error instanceof Error && 'code' in error && UNKNOWN_AUTHORITY.test(String(error.code)))
        return `${text}: expected tls.ca to be the authority of its certificate, got ${came(tls?.ca !== undefined)}`;
      if (/^timeout$/i.test(text) && isTrusted)
        return `it does not answer after TLS: if it demands a certificate, expected tls.cert that it trusts, got ${came(tls?.cert !== undefined)}`;
      if (/authorization violation/i.test(text))
        return `${text}: expected a user that it knows, got ${came(credentials !== undefined || first?.username !== '')}`;
      return text;
    },
  };
}

function loginOf(
  { username, password }: URL,
  credentials: string | undefined,
  { credsAuthenticator, nkeyAuthenticator }: NatsPackages,
): NodeConnectionOptions {
  if (credentials !== undefined) {
    const isSeed = SEED.test(credentials);
    const bytes = new TextEncoder().encode(isSeed ? credentials.trim() : credentials);
    return { authenticator: isSeed ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes) };
  }
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}
