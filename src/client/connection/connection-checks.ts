/*
 * The options of a connection, looked at when it is made: a table, which the compiler keeps complete.
 */
import type { Credentials } from '../../auth/credentials.ts';
import { asList, type Check, isDict, show } from '../../base/checks.ts';
import { amount, checkOptions, func, group, type Known, ms, string } from '../../base/options.ts';
import { withoutLogin } from '../../base/words.ts';
import { uriComplaint } from '../../protocol/uri.ts';
import { json } from '../../serializer/json.ts';
import type { ConnectionOptions, RetryOptions } from '../api/connection-options.ts';
import type { Environment } from '../api/environment.ts';
import type { Feature } from '../kernel/kernel.ts';

type Table<Options> = { readonly [name in keyof Required<Options>]: Check };

function oneOrMore(check: (value: unknown) => boolean, expected: string, may: (value: unknown) => boolean = check): Check {
  return (value) => ((Array.isArray(value) ? value.length > 0 && value.every(check) : may(value)) ? undefined : expected);
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isTarget = (value: unknown): boolean =>
  typeof value === 'string' || (isDict(value) && ('connect' in value || 'href' in value));
const isSerializer = (value: unknown): boolean => isDict(value) && isFunction(value.encode) && isFunction(value.decode);

/** What is given in their place may hold a secret: it is named by its members. */
export function checkCredentials(given: unknown): asserts given is Credentials {
  if (isDict(given) && Array.isArray(given.authmethods) && isFunction(given.begin)) return;
  const what = isDict(given) ? `an object with ${Object.keys(given).join(', ') || 'nothing'}` : typeof given;
  throw new TypeError(`expected auth of Connection to be credentials, which ticket(), wampcra(), … give, got ${what}`);
}

const retry: Table<RetryOptions> = {
  minMs: /* @__PURE__ */ ms(),
  maxMs: /* @__PURE__ */ ms(),
  maxAttempts: amount,
  maxElapsedMs: /* @__PURE__ */ ms(),
  stableMs: /* @__PURE__ */ ms(),
  decide: func,
};
const clock: Check = (value) =>
  isDict(value) && ['now', 'setTimeout', 'clearTimeout'].every((name) => isFunction(value[name]))
    ? undefined
    : 'a clock with now, setTimeout and clearTimeout';
const environment: Table<Environment> = { WebSocket: func, clock, random: func };

/** Those of the kernel. Features bring theirs. */
const known: Known = {
  url: /* @__PURE__ */ oneOrMore(
    isTarget,
    'ws://…, wss://…, a Router or another Connector, a list of those, or a function',
    (value) => isTarget(value) || isFunction(value),
  ),
  realm: string,
  auth(value) {
    if (!isFunction(value) && value !== null) for (const each of asList(value)) checkCredentials(each);
    return undefined;
  },
  serializers: /* @__PURE__ */ oneOrMore(isSerializer, 'a list of serializers, which json(), cbor(), … give', () => false),
  retry: /* @__PURE__ */ group('retry', retry, true),
  joinTimeoutMs: /* @__PURE__ */ ms(),
  // Answers and GOODBYE have to fit.
  maxMessageBytes: (value) => amount(value) ?? (Number(value) < 512 ? 'an integer from 512 on' : undefined),
  hello: (value) =>
    isDict(value) && (value.agent === undefined || typeof value.agent === 'string') ? undefined : 'a dict with agent',
  environment: /* @__PURE__ */ group('environment', environment),
};

/**
 * The options as the kernel takes them: with serializers.
 *
 * @throws TypeError that says what was expected, what came, and what was probably meant.
 */
export function checkedOptions(options: object, features: readonly Feature[]): ConnectionOptions {
  const all: Known = Object.assign({}, known, ...features.map((feature) => feature.options));
  const hint = (name: string): string => features.map((feature) => feature.hint?.(name) ?? '').join('');
  checkOptions('Connection', options, all, (value) => withoutLogin(show(value)), hint);
  const { realm, url, serializers = [json()] }: { readonly [name in keyof ConnectionOptions]?: unknown } = options;
  const complaint = uriComplaint(realm);
  if (complaint !== undefined) throw new TypeError(`realm: ${complaint}`);
  if (url === undefined) throw new TypeError('expected url, where the router is, got nothing');
  return { ...options, serializers } as ConnectionOptions;
}
