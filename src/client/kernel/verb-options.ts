/*
 * Which options go on the wire: a key with a capital letter, or `signal`, is ours and stays here; every other key is sent verbatim. Values that
 * are known are checked before anything is sent, by the table that a router has: there they would end the session.
 */
import { isPlain, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import { checkOf, complain, func, type Known, oneOf, string, unknownOption } from '../../base/options.ts';
import type { Dict } from '../../base/words.ts';
import { callKeys, publishKeys, registerKeys, subscribeKeys } from '../../protocol/options.ts';
import { validUri } from '../../protocol/uri.ts';
import { waiting } from './settle.ts';

/** The options of one verb: those that stay here, and those of WAMP. */
export interface VerbOptions {
  readonly name: VerbName;
  readonly ours: Known;
  readonly wamp: Known;
}
export type VerbName = 'call' | 'publish' | 'subscribe' | 'register';
/** Names and checks of the options that a feature adds to verbs. */
export type VerbOptionsBrought = { readonly [verb in VerbName]?: Known };

/** Those that every client has; features add theirs. */
export const verbOptions: { readonly [verb in VerbName]: VerbOptions } = {
  call: {
    name: 'call',
    ours: { ...waiting, cancelMode: /* @__PURE__ */ oneOf('skip', 'kill', 'killnowait'), onProgress: func },
    // It says that more inputs follow: without `inputsFrom` none would, and the call would never end.
    wamp: {
      .../* @__PURE__ */ callKeys(),
      progress: (value) => (value === false ? undefined : 'left out: inputsFrom sends further inputs'),
    },
  },
  publish: { name: 'publish', ours: waiting, wamp: /* @__PURE__ */ publishKeys() },
  subscribe: { name: 'subscribe', ours: waiting, wamp: /* @__PURE__ */ subscribeKeys() },
  register: { name: 'register', ours: waiting, wamp: /* @__PURE__ */ registerKeys() },
};

/** Of `leave` and `close`. */
export const leaving: Known = { reason: validUri, message: string };

const CAPITAL = /[A-Z]/;
const NONE: Dict = {};

/** Tells of an option that is sent although it is not known here. */
export type Foreign = (verb: VerbOptions, name: string) => void;

/**
 * The options that are sent.
 *
 * @throws TypeError for a key that looks like an option of the client and is unknown, and for wrong values.
 */
export function wireOptions(options: object | undefined, verb: VerbOptions, foreign?: Foreign): Dict {
  if (options === undefined || options === null) return NONE;
  const { name, ours, wamp } = verb;
  if (!isPlain(options)) throw new TypeError(`expected options of ${name} to be an object, got ${show(options)}`);
  const wire: { [key: string]: unknown } = {};
  for (const key of Object.keys(options)) {
    const value = options[key];
    const isOurs = key === 'signal' || CAPITAL.test(key);
    const check = checkOf(isOurs ? ours : wamp, key);
    if (isOurs && !check) throw unknownOption(name, key, ours, '');
    if (value === undefined || value === null) continue;
    if (check) complain(`${key} of ${name}`, check, value, options);
    else foreign?.(verb, key);
    if (!isOurs) wire[key] = value;
  }
  return wire;
}

/** WAMP "Extensibility": an option that is not known is sent, for routers that know more. If its name is nearly one that is known, that is told once. */
export function foreignNames(): Foreign {
  const seen = new Set<string>();
  return ({ name, ours, wamp }, key) => {
    if (key.charAt(0) === '_' || seen.has(name + key)) return;
    seen.add(name + key);
    const hint = nearest(key, Object.keys({ ...wamp, ...ours }));
    if (hint) console.warn(`autostrada: '${key}' is no option of ${name} that is known here, and is sent as it is${hint}`);
  };
}
