/*
 * The options and details that WAMP knows, with their types. Unknown keys are allowed (WAMP "Extensibility"); a known key
 * with a wrong value is a protocol violation. These are functions, so that a bundle contains only the tables of messages that
 * it receives, or checks before it sends them.
 */
import { bool, type Check, type Known, oneOf, string } from '../base/checks.ts';
import { dict, dictOf, id, idOrZero, integer, listOf, uri } from './checks.ts';
import { Code } from './messages.ts';

const ids = /* @__PURE__ */ listOf(id, 'ids');
const strings = /* @__PURE__ */ listOf(string, 'strings');
const match = /* @__PURE__ */ oneOf('exact', 'prefix', 'wildcard');
const role = /* @__PURE__ */ dictOf({ features: dict });

const positive: Check = (value) => (value !== 0 && integer(value) === undefined ? undefined : 'a positive integer');

/** WAMP "Payload Passthru Mode". */
const ppt = { ppt_scheme: string, ppt_serializer: string, ppt_cipher: string, ppt_keyid: string };

export const helloDetails = (): Known => ({
  roles: /* @__PURE__ */ dictOf({ publisher: role, subscriber: role, caller: role, callee: role }),
  agent: string,
  authmethods: strings,
  authid: string,
  authrole: string,
  authextra: dict,
});

export const welcomeDetails = (): Known => ({
  roles: /* @__PURE__ */ dictOf({ broker: role, dealer: role }),
  agent: string,
  realm: string,
  authid: string,
  authrole: string,
  authmethod: string,
  authprovider: string,
  authextra: dict,
});

/** For ABORT and GOODBYE. */
export const endDetails = (): Known => ({ message: string });
export const errorDetails = (): Known => ppt;

export const publishKeys = (): Known => ({
  acknowledge: bool,
  exclude_me: bool,
  exclude: ids,
  exclude_authid: strings,
  exclude_authrole: strings,
  eligible: ids,
  eligible_authid: strings,
  eligible_authrole: strings,
  disclose_me: bool,
  retain: bool,
  // These two are ours.
  forget: bool,
  session_bound: bool,
  rkey: string,
  ...ppt,
});
export const publishOptions: Check = /* @__PURE__ */ dictOf(/* @__PURE__ */ publishKeys());

export const eventDetails = (): Known => ({
  publisher: id,
  publisher_authid: string,
  publisher_authrole: string,
  topic: uri,
  trustlevel: integer,
  retained: bool,
  ...ppt,
});

export const subscribeKeys = (): Known => ({ match, get_retained: bool, nkey: string });
export const unsubscribedDetails = (): Known => ({ subscription: idOrZero, reason: string });

export const callKeys = (): Known => ({
  timeout: integer,
  receive_progress: bool,
  progress: bool,
  disclose_me: bool,
  rkey: string,
  runmode: string,
  ...ppt,
});

/** For CANCEL and INTERRUPT. */
export const cancelKeys = (): Known => ({ mode: /* @__PURE__ */ oneOf('skip', 'kill', 'killnowait') });
/** For RESULT and YIELD. */
export const resultKeys = (): Known => ({ progress: bool, ...ppt });

export const registerKeys = (): Known => ({
  match,
  invoke: /* @__PURE__ */ oneOf('single', 'roundrobin', 'random', 'first', 'last'),
  disclose_caller: bool,
  forward_timeout: bool,
  // This option is Crossbar.io's.
  concurrency: positive,
  force_reregister: bool,
});

export const unregisteredDetails = (): Known => ({ registration: idOrZero, reason: string });

export const invocationDetails = (): Known => ({
  caller: id,
  caller_authid: string,
  caller_authrole: string,
  procedure: uri,
  receive_progress: bool,
  progress: bool,
  timeout: integer,
  trustlevel: integer,
  ...ppt,
});

/** The options that a client may use, by the message's code: the names from the tables above. */
export function optionNames(): ReadonlyMap<number, ReadonlySet<string>> {
  const known: readonly (readonly [Code, Known])[] = [
    [Code.PUBLISH, publishKeys()],
    [Code.SUBSCRIBE, subscribeKeys()],
    [Code.CALL, callKeys()],
    [Code.CANCEL, cancelKeys()],
    [Code.REGISTER, registerKeys()],
    [Code.YIELD, resultKeys()],
  ];
  return new Map(known.map(([code, checks]) => [code, new Set(Object.keys(checks))]));
}
