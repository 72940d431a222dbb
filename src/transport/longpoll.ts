/**
 * HTTP long-poll, for networks whose proxy does not allow a WebSocket.
 *
 * @module
 */
import { TransportError } from '../base/errors.ts';
import { bool, checkOptions, dict, type Known, ms, oneOf, withoutSecrets } from '../base/options.ts';
import { withoutLogin } from '../base/words.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { plainOf } from './batched.ts';
import { type LongPollSettings, LongPollTransport, unreachable, urlOf } from './longpoll-transport.ts';
import { post } from './platform/http-post.ts';
import type { Connector, Dial, Transport } from './transport.ts';

export interface LongPollOptions {
  /** Whether several messages may go in one request, if the router allows it. Default true. */
  readonly batched?: boolean | undefined;
  /** Headers that are sent with every request. Default none. */
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** `include`: cookies and HTTP logins are sent to other origins as well. Default `same-origin`. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /**
   * If a request has no answer for this many milliseconds, the connection ends. Routers answer a poll after 10 to 30 s.
   * Default 60 000; 0: never.
   */
  readonly timeoutMs?: number | undefined;
}

const known: Known & { readonly [name in keyof Required<LongPollOptions>]: unknown } = {
  batched: bool,
  headers: dict,
  credentials: /* @__PURE__ */ oneOf('omit', 'same-origin', 'include'),
  timeoutMs: /* @__PURE__ */ ms(),
};
const PREFIX = 'wamp.2.';
/** With a longer delay, a platform's timer fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Connects by HTTP long-poll, in browsers and in Node.js.
 *
 * It can do the same as a WebSocket, but is slower. Give it as the second URL: the client tries `url: ['ws://…/ws',
 * longPoll('http://…/lp')]` in turn.
 *
 * @param url - The base: `http://host:8080/lp`; in a page also `/lp`.
 * @returns For `ConnectionOptions.url`. Its `connect` rejects with a `TransportError`: `autostrada.error.invalid_url`,
 * `autostrada.error.no_longpoll`, `autostrada.error.no_subprotocol`, or `wamp.error.network_failure`.
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @see WAMP, "HTTP Longpoll Transport"
 */
export function longPoll(url: string | URL, options: LongPollOptions = {}): Connector {
  checkOptions('longPoll', options, known, withoutSecrets);
  const address = String(url);
  const name = withoutLogin(address);
  const [base = '', ...query] = address.split('?');
  const settings: LongPollSettings = {
    base: base.replace(/\/$/, ''),
    query: query.length > 0 ? `?${query.join('?')}` : '',
    headers: options.headers ?? {},
    credentials: options.credentials ?? 'same-origin',
    timeoutMs: Math.min(options.timeoutMs ?? 60_000, MAX_DELAY_MS),
  };
  return { name, connect: (dial) => dialLongPoll(name, settings, options.batched ?? true, dial) };
}

/**
 * Batches are much more efficient, so they are offered by default. For binary serializers they come first. For text they come
 * last: Crossbar.io takes the first that it knows, and its batches of text do not follow the specification. Our router takes
 * batches in any position.
 */
function protocols(serializers: readonly Serializer[], isBatching: boolean): string[] {
  return serializers.map(plainOf).flatMap(({ name, isBinary }) => {
    const [plain, batched] = [PREFIX + name, `${PREFIX}${name}.batched`];
    if (!isBatching) return [plain];
    return isBinary ? [batched, plain] : [plain, batched];
  });
}

async function dialLongPoll(
  name: string,
  settings: LongPollSettings,
  isBatching: boolean,
  { serializers, signal }: Dial,
): Promise<Transport> {
  if (withoutLogin(settings.base) !== settings.base)
    throw new TransportError(
      `expected no user name and no password in a long-poll URL, got ${JSON.stringify(name)}: give them as headers: { authorization }`,
      { uri: 'autostrada.error.invalid_url' },
    );
  const inPage = 'location' in globalThis;
  if (!(/^https?:\/\/[^/?#]/i.test(name) || (inPage && /^\/(?!\/)/.test(name)))) {
    throw new TransportError(`expected a long-poll URL like http://host:port/path, got ${JSON.stringify(name)}`, {
      uri: 'autostrada.error.invalid_url',
    });
  }
  const offered = protocols(serializers, isBatching);
  const { status, body } = await post(urlOf(settings, 'open'), JSON.stringify({ protocols: offered }), {
    headers: { ...settings.headers, 'content-type': 'application/json' },
    credentials: settings.credentials,
    isBinary: false,
    signal,
  }).catch((cause: unknown): never => {
    throw signal.aborted ? signal.reason : unreachable(name, cause);
  });
  const text = String(body);
  if (status !== 200) throw refused(name, status, text);
  const { protocol, transport } = parsed(text);
  const serializer = serializers
    .map(plainOf)
    .find((one) => protocol === PREFIX + one.name || protocol === `${PREFIX}${one.name}.batched`);
  if (typeof transport !== 'string' || transport === '') throw refused(name, status, text);
  if (!serializer || !offered.includes(String(protocol))) {
    throw new TransportError(`no common subprotocol with ${name}: offered ${offered.join(', ')}; it chose ${String(protocol)}`, {
      uri: 'autostrada.error.no_subprotocol',
    });
  }
  return new LongPollTransport(settings, transport, serializer, /\.batched$/.test(String(protocol)));
}

function parsed(text: string): { readonly protocol?: unknown; readonly transport?: unknown } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** As for WebSocket: 5xx and 429 come from a proxy or router that is not ready. The next attempt may succeed. */
function refused(name: string, status: number, text: string): TransportError {
  const said = /^[^<{]{1,200}/.exec(text.trim())?.[0];
  const message = `${name} answered HTTP ${status}${said ? ` (${said.trim()})` : ''}`;
  if (status >= 500 || status === 429) return new TransportError(message);
  if (/protocol/i.test(said ?? '')) {
    return new TransportError(`no common subprotocol: ${message}`, { uri: 'autostrada.error.no_subprotocol' });
  }
  return new TransportError(`no long-poll there: ${message}`, { uri: 'autostrada.error.no_longpoll' });
}
