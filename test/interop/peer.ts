/*
 * What a peer of `npm run test:interop` is: somebody else's client at our router, or somebody else's router under our client. A row of the
 * table (peers.ts) says how to get it, how to run its program and what it has. What its programs print: peers/README.md.
 */

export type TransportName = 'websocket' | 'rawsocket';
export type SerializerName = 'json' | 'msgpack' | 'cbor';
export type LoginName = 'ticket' | 'wampcra' | 'wampcra salted' | 'cryptosign' | 'scram' | 'scram argon2id';

/** How a session travels. */
export interface Way {
  readonly transport: TransportName;
  readonly serializer: SerializerName;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Why a peer cannot be had here. `isSilent`: its registry does not answer, which says nothing about this code. */
export interface Missing {
  readonly whyNot: string;
  readonly isSilent: boolean;
}

/** A router that listens. */
export interface Running {
  /** Its process; it may have children. */
  readonly pid?: number | undefined;
  readonly urls: Readonly<Partial<Record<TransportName, string>>>;
  stop(): void | Promise<void>;
}

interface Row {
  /** Unique: deviations and the page name it. */
  readonly name: string;
  readonly language: string;
  readonly version: string;
  /** In CI it counts as a failure when it cannot be had. */
  readonly required: boolean;
  readonly ways: readonly Way[];
  /** Tried over `loginWays`, by default the first way. */
  readonly logins: readonly LoginName[];
  readonly loginWays?: readonly Way[];
}

export interface ClientPeer extends Row {
  readonly role: 'client';
  /** It comes back by itself when the router is there again. */
  readonly reconnects: boolean;
  /** Installs it in the cache, if it is not there yet, and tells how its program is run. */
  get(): Command | Missing;
}

export interface RouterPeer extends Row {
  readonly role: 'router';
  get(): (() => Promise<Running>) | Missing;
}

export type Peer = ClientPeer | RouterPeer;

/** Every transport with every serializer. */
export function waysOf(transports: readonly TransportName[], serializers: readonly SerializerName[]): readonly Way[] {
  return transports.flatMap((transport) => serializers.map((serializer) => ({ transport, serializer })));
}
