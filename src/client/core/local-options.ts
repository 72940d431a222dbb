/*
 * Which options go on the wire: a key with a capital letter, or `signal`, is ours and stays here; every other key is sent verbatim. Values that
 * we know are looked at before anything is sent, by the table that a router has: there they would end the session.
 */
import { nearest } from '../../nearest.ts';
import { any, checkOf, complain, func, type Known, ms, oneOf, string, unknownOption, uri } from '../../options.ts';
import { isDict, show } from '../../protocol/checks.ts';
import { callKeys, publishKeys, registerKeys, subscribeKeys } from '../../protocol/options.ts';
import type { Dict } from '../../words.ts';
import { waiting } from './requests.ts';

/** The options of a verb: those that stay here, and those of WAMP. */
export interface Verb {
  readonly name: string;
  readonly ours: Known;
  readonly wamp: Known;
}

const retryOnLoss = /* @__PURE__ */ oneOf('never', 'not-sent', 'unknown');

export const CALL: Verb = {
  name: 'call',
  ours: {
    ...waiting,
    cancelMode: /* @__PURE__ */ oneOf('skip', 'kill', 'killnowait'),
    onProgress: func,
    inputsFrom: any,
    maxInputsAhead: any,
    waitForCalleeMs: /* @__PURE__ */ ms(),
    whenOffline: /* @__PURE__ */ oneOf('wait', 'fail'),
    retryOnLoss,
  },
  wamp: /* @__PURE__ */ callKeys(),
};
export const PUBLISH: Verb = {
  name: 'publish',
  ours: { ...waiting, whenOffline: /* @__PURE__ */ oneOf('wait', 'fail', 'drop'), retryOnLoss },
  wamp: /* @__PURE__ */ publishKeys(),
};
export const SUBSCRIBE: Verb = { name: 'subscribe', ours: waiting, wamp: /* @__PURE__ */ subscribeKeys() };
export const REGISTER: Verb = { name: 'register', ours: waiting, wamp: /* @__PURE__ */ registerKeys() };

/** Of `leave` and `close`. */
export const LEAVE: Known = { reason: uri, message: string };

const CAPITAL = /[A-Z]/;
const NONE: Dict = {};

/** Tells of an option that is sent, and is none that we know. */
export type Foreign = (verb: Verb, name: string) => void;

/**
 * The options that are sent.
 *
 * @throws TypeError for a key that looks like one of ours and is none, and for values that cannot be.
 */
export function wireOptions(options: object | undefined, verb: Verb, foreign?: Foreign): Dict {
  if (options === undefined || options === null) return NONE;
  const { name, ours, wamp } = verb;
  if (!isDict(options)) throw new TypeError(`expected options of ${name} to be an object, got ${show(options)}`);
  const wire: { [key: string]: unknown } = {};
  for (const key of Object.keys(options)) {
    const value = options[key];
    const isOurs = key === 'signal' || CAPITAL.test(key);
    const check = checkOf(isOurs ? ours : wamp, key);
    if (isOurs && !check) throw unknownOption(name, key, ours, '');
    if (value === undefined || value === null) continue;
    if (check) complain(`${key} of ${name}`, check, value);
    else foreign?.(verb, key);
    if (!isOurs) wire[key] = value;
  }
  return wire;
}

/** WAMP "Extensibility": what is not known is sent, for routers that know more. A name that is nearly one that we know is told of, once. */
export function foreignNames(): Foreign {
  const seen = new Set<string>();
  return ({ name, ours, wamp }, key) => {
    if (key.charAt(0) === '_' || seen.has(name + key)) return;
    seen.add(name + key);
    const hint = nearest(key, Object.keys({ ...wamp, ...ours }));
    if (hint) console.warn(`autostrada: '${key}' is no option of ${name} that is known here, and is sent as it is${hint}`);
  };
}
