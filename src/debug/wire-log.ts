import { isDict } from '../base/checks.ts';
import { elapsed, systemClock } from '../base/clock.ts';
import { bool, checkOptions, func, oneOf } from '../base/options.ts';
import { type Id, oneLine, type Uri } from '../base/words.ts';
import type { WireLogEntry } from '../index.ts';

/** One message, as {@link wireLog} tells it. */
export interface WireLine extends WireLogEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Of a request or its answer. Undefined: it has none, as HELLO and EVENT. */
  readonly request: Id | undefined;
  /** The procedure or topic; of an answer that of its request, of an event that of its subscription. */
  readonly uri: Uri | undefined;
  /** Of an answer: since its request, in milliseconds. */
  readonly tookMs: number | undefined;
  /** All of it as one line, without characters that command a terminal. */
  readonly text: string;
}

export interface WireLogOptions {
  /** Which messages are shown: those with URIs that begin with this, or those for which the function returns true. Default: all. */
  readonly filter?: string | ((line: WireLine) => boolean) | undefined;
  /** The method of the console. Browsers show `debug` only if they are told to, `log` and `info` always. Default `debug`. */
  readonly level?: 'debug' | 'log' | 'info' | undefined;
  /** Whether payloads are in the line as text, cut after 200 characters. `false`: the console gets the message as a list beside the line, and may unfold it. Default true. */
  readonly pretty?: boolean | undefined;
  /** Gets each line instead of the console. */
  readonly write?: ((line: WireLine) => void) | undefined;
}

/** Longer payloads are cut. */
const MAX_SHOWN = 200;
/** So is each other part of a line. */
const MAX_PART = 400;
/** Requests and subscriptions that are remembered; of more the oldest are forgotten. */
const MAX_KNOWN = 10_000;

interface Asked {
  readonly uri: Uri | undefined;
  readonly at: number;
}

/**
 * For the option `wireLog`: every message as a line with its time and size; answers have the URI of their request, and the time that it took.
 *
 * @returns A function for one connection.
 * @throws TypeError for wrong options.
 * @example
 * new Connection({ url, realm, wireLog: wireLog({ filter: 'com.example.', level: 'info' }) });
 */
export function wireLog(options: WireLogOptions = {}): (entry: WireLogEntry) => void {
  checkOptions('wireLog', options, {
    filter: (value) => (typeof value === 'string' ? undefined : func(value) && 'a text or a function'),
    level: oneOf('debug', 'log', 'info'),
    pretty: bool,
    write: func,
  });
  const { filter = '', level = 'debug', pretty = true, write } = options;
  const names = new Names();
  const isShown = typeof filter === 'function' ? filter : ({ uri = '' }: WireLine) => uri.startsWith(filter);
  return (given) => {
    const entry = { ...given, message: withoutExtra(given.type, given.message) };
    const line = names.line(entry, pretty);
    if (!isShown(line)) return;
    if (write) write(line);
    else if (pretty) console[level](`autostrada ${line.text}`);
    else console[level](`autostrada ${line.text}`, entry.message);
  };
}

/** What a message is about. */
interface About {
  readonly request?: Id | undefined;
  readonly uri?: Uri | undefined;
  readonly asked?: Asked | undefined;
}

/** The URIs of what is asked, answered and subscribed. */
class Names {
  private readonly asked = new Map<string, Asked>();
  private readonly subscriptions = new Map<unknown, Uri>();
  private readonly registrations = new Map<unknown, Uri>();

  line(entry: WireLogEntry, isPretty: boolean): WireLine {
    const { direction, type, message, length } = entry;
    const time = systemClock.now();
    if (type === 'HELLO') this.forget();
    const { request, uri, asked } = this.about(type, message);
    const tookMs = asked && elapsed(systemClock) - asked.at;
    const parts = [
      new Date(time).toISOString().slice(11, 23),
      direction === 'sent' ? '→' : '←',
      type,
      request === undefined ? undefined : `#${request}`,
      uri,
      type === 'ERROR' ? text(message[4]) : undefined,
      isPretty ? shownPayload(type, message) : undefined,
      `(${tookMs === undefined ? '' : `${tookMs.toFixed(1)} ms, `}length ${length})`,
    ];
    const shown = parts.flatMap((part) => (part ? [oneLine(part, MAX_PART)] : [])).join(' ');
    return { ...entry, time, request, uri, tookMs, text: shown };
  }

  private about(type: string, [, a, b, c]: readonly unknown[]): About {
    switch (type) {
      case 'CALL':
      case 'SUBSCRIBE':
      case 'REGISTER':
        return this.ask(type, a, text(c));
      case 'PUBLISH':
        return isDict(b) && b.acknowledge === true ? this.ask(type, a, text(c)) : named(a, text(c));
      case 'UNSUBSCRIBE':
        return this.ask(type, a, this.subscriptions.get(b));
      case 'UNREGISTER':
        return this.ask(type, a, this.registrations.get(b));
      case 'INVOCATION':
        return this.ask(type, a, (isDict(c) ? text(c.procedure) : undefined) ?? this.registrations.get(b));
      case 'RESULT':
        return this.answer('CALL', a, isDict(b) && b.progress === true);
      case 'YIELD':
        return this.answer('INVOCATION', a, isDict(b) && b.progress === true);
      case 'PUBLISHED':
        return this.answer('PUBLISH', a);
      case 'SUBSCRIBED':
        return this.made(this.subscriptions, this.answer('SUBSCRIBE', a), b);
      case 'REGISTERED':
        return this.made(this.registrations, this.answer('REGISTER', a), b);
      case 'UNSUBSCRIBED':
        return this.answer('UNSUBSCRIBE', a);
      case 'UNREGISTERED':
        return this.answer('UNREGISTER', a);
      case 'ERROR':
        return this.answer(requests[String(a)] ?? '', b);
      case 'CANCEL':
        return this.answer('CALL', a, true);
      case 'INTERRUPT':
        return this.answer('INVOCATION', a, true);
      case 'EVENT':
        return { uri: (isDict(c) ? text(c.topic) : undefined) ?? this.subscriptions.get(a) };
      default:
        return {};
    }
  }

  private ask(type: string, request: unknown, uri: Uri | undefined): About {
    const key = `${type} ${String(request)}`;
    if (!this.asked.has(key)) keep(this.asked, key, { uri, at: elapsed(systemClock) }); // a further input has the time of the first
    return named(request, uri);
  }

  private answer(type: string, request: unknown, isUnderWay = false): About {
    const key = `${type} ${String(request)}`;
    const asked = this.asked.get(key);
    if (!isUnderWay) this.asked.delete(key);
    return { ...named(request, asked?.uri), asked };
  }

  private made(ids: Map<unknown, Uri>, answer: About, id: unknown): About {
    if (answer.uri !== undefined) keep(ids, id, answer.uri);
    return answer;
  }

  /** Another session begins. */
  private forget(): void {
    for (const map of [this.asked, this.subscriptions, this.registrations]) map.clear();
  }
}

function named(request: unknown, uri: Uri | undefined): About {
  return { request: typeof request === 'number' ? request : undefined, uri };
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  const [oldest] = map.size >= MAX_KNOWN ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The requests that ERROR may answer. */
const requests: { readonly [code: string]: string } = {
  16: 'PUBLISH',
  32: 'SUBSCRIBE',
  34: 'UNSUBSCRIBE',
  48: 'CALL',
  64: 'REGISTER',
  66: 'UNREGISTER',
  68: 'INVOCATION',
};

/** Where the payload of a message begins; of all others the whole message is shown. */
const payloadAt: { readonly [type: string]: number } = {
  CALL: 4,
  PUBLISH: 4,
  EVENT: 4,
  INVOCATION: 4,
  RESULT: 3,
  YIELD: 3,
  ERROR: 5,
};

/** What `authextra` may say to everybody; other members may be tokens. */
const PUBLIC = ['pubkey', 'channel_binding', 'nonce'];

function withoutExtra(type: string, message: readonly unknown[]): readonly unknown[] {
  const [code, about, details] = message;
  if ((type !== 'HELLO' && type !== 'WELCOME') || !isDict(details) || !isDict(details.authextra)) return message;
  const members = Object.entries(details.authextra).map(([name, value]) => [name, PUBLIC.includes(name) ? value : '(secret)']);
  return [code, about, { ...details, authextra: Object.fromEntries(members) }];
}

function shownPayload(type: string, message: readonly unknown[]): string {
  const at = payloadAt[type];
  const parts =
    at === undefined ? message.slice(1).filter((part) => typeof part === 'string' || isFilled(part)) : message.slice(at);
  const isJoining = type === 'HELLO' || type === 'WELCOME';
  const shown = parts.map((part) => JSON.stringify(isJoining ? withoutRoles(part) : part, plain) ?? '').join(' ');
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}…`;
}

/** The features are many, and always the same. */
function withoutRoles(part: unknown): unknown {
  return isDict(part) ? { ...part, roles: undefined } : part;
}

function isFilled(part: unknown): boolean {
  return isDict(part) && Object.keys(part).length > 0;
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? `<${value.length} bytes>` : value;
}
