/*
 * From the command line to an open session: URL, login, time limit, and messages on stderr.
 */

import { withoutLogin } from '../../base/words.ts';
import {
  Connection,
  type ConnectionOptions,
  json,
  type Serializer,
  type Session,
  TimeoutError,
  TransportError,
} from '../../index.ts';
import { cbor } from '../../serializer/cbor.ts';
import { msgpack } from '../../serializer/msgpack.ts';
import { toJson } from '../text/json-text.ts';
import { duration, oneOf, type Values } from '../text/options.ts';
import { complaint } from './exit.ts';
import { credentialsFrom, type Env, type LoginValues } from './login.ts';
import { targetOf } from './url.ts';

const names = ['json', 'msgpack', 'cbor'] as const;
const serializers: { readonly [name in (typeof names)[number]]: () => Serializer } = { json, msgpack, cbor };
export const connectionDefaults = { url: 'ws://127.0.0.1:8080/ws', realm: 'realm1', connectTimeoutMs: 10_000 } as const;

export const connectionOptions = {
  url: { short: 'w', value: 'URL', help: 'where the router is (default: WAMP_URL, else ws://127.0.0.1:8080/ws)' },
  realm: { short: 'r', value: 'NAME', help: 'the realm (default: WAMP_REALM, else realm1)' },
  serializer: { short: 's', value: 'NAME', help: 'json (default), msgpack or cbor' },
  'connect-timeout': { value: 'TIME', help: 'how long it may take to get a session, including the login (default 10s)' },
  quiet: { short: 'q', help: 'prints only errors on stderr' },
  verbose: { help: 'logs every message on stderr, without secrets (also: DEBUG=autostrada)' },
  help: { short: 'h', help: 'this text' },
} as const;

export type ConnectionValues = Values<typeof connectionOptions> & LoginValues;

export interface Connected {
  readonly connection: Connection;
  readonly session: Session;
  readonly url: string;
}

export interface ConnectOptions {
  readonly env: Env;
  /** One line on stderr. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  /** Reconnects when the connection is lost; otherwise the command ends. */
  readonly stays?: boolean | undefined;
}

const DEBUG = /(^|[\s,])(\*|autostrada(:wire|:\*|\*)?)($|[\s,])/;

/**
 * The first attempt decides: a command does not wait for a router that is not there.
 *
 * @throws UsageError, or what `Connection.open` rejects with.
 */
export async function connect(values: ConnectionValues, { env, say, signal, stays }: ConnectOptions): Promise<Connected> {
  const url = values.url ?? (env.WAMP_URL || connectionDefaults.url);
  const joinTimeoutMs = duration('connect-timeout', values['connect-timeout']) ?? connectionDefaults.connectTimeoutMs;
  const isLogged = values.verbose === true || DEBUG.test(env.DEBUG ?? '');
  let hasJoined = false;
  const options: ConnectionOptions = {
    url: targetOf(url),
    realm: values.realm ?? (env.WAMP_REALM || connectionDefaults.realm),
    auth: credentialsFrom(values, env),
    serializers: [serializers[oneOf('serializer', values.serializer, names) ?? 'json']()],
    joinTimeoutMs,
    retry: stays === true ? { decide: ({ proposal }) => (hasJoined ? proposal : false) } : false,
    wireLog: isLogged
      ? ({ direction, type, message }) => say(`${direction === 'sent' ? '→' : '←'} ${type} ${toJson(message)}`)
      : false,
  };
  const connection = new Connection(options);
  connection.on('error', (error, { where }) => {
    // The errors of handles and of the connection end the command, which prints them.
    if (where !== 'subscription' && where !== 'registration' && where !== 'connection') say(complaint(error) ?? '');
  });
  connection.on('status', (status, previous) => {
    if (status.state === 'waiting' && previous.state === 'joined' && !values.quiet) say(`${complaint(status.error)}; trying again`);
    if (status.state === 'joined' && hasJoined && !values.quiet) say('connected again');
    hasJoined ||= status.state === 'joined';
  });
  try {
    return { connection, session: await connection.open({ signal }), url: withoutLogin(url) };
  } catch (error) {
    await connection.close();
    // This limit is only for connecting; `--timeout` is another one.
    if (error instanceof TimeoutError) {
      throw new TransportError(`no session at ${withoutLogin(url)} in ${joinTimeoutMs} ms (--connect-timeout)`, { cause: error });
    }
    throw error;
  }
}
