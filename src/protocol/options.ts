/*
 * The options and details that WAMP knows, with their types: one check per dict. Unknown keys pass (WAMP "Extensibility");
 * a known key with a wrong value is a protocol violation. Marked as pure, so that a bundle holds only those of what it receives.
 */
import { bool, type Check, dict, dictOf, id, idOrZero, integer, listOf, oneOf, string, uri } from './checks.ts';

const ids = /* @__PURE__ */ listOf(id, 'ids');
const strings = /* @__PURE__ */ listOf(string, 'strings');
const match = /* @__PURE__ */ oneOf('exact', 'prefix', 'wildcard');
const role = /* @__PURE__ */ dictOf({ features: dict });

/** WAMP "Payload Passthru Mode". */
const ppt = { ppt_scheme: string, ppt_serializer: string, ppt_cipher: string, ppt_keyid: string };

export const helloDetails: Check = /* @__PURE__ */ dictOf(
  {
    roles: /* @__PURE__ */ dictOf({ publisher: role, subscriber: role, caller: role, callee: role }),
    agent: string,
    authmethods: strings,
    authid: string,
    authrole: string,
    authextra: dict,
  },
  ['roles'],
);

export const welcomeDetails: Check = /* @__PURE__ */ dictOf(
  {
    roles: /* @__PURE__ */ dictOf({ broker: role, dealer: role }),
    agent: string,
    realm: string,
    authid: string,
    authrole: string,
    authmethod: string,
    authprovider: string,
    authextra: dict,
  },
  ['roles'],
);

export const abortDetails: Check = /* @__PURE__ */ dictOf({ message: string });
export const goodbyeDetails: Check = /* @__PURE__ */ dictOf({ message: string });
export const errorDetails: Check = /* @__PURE__ */ dictOf(ppt);

export const publishOptions: Check = /* @__PURE__ */ dictOf({
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
  rkey: string,
  ...ppt,
});

export const eventDetails: Check = /* @__PURE__ */ dictOf({
  publisher: id,
  publisher_authid: string,
  publisher_authrole: string,
  topic: uri,
  trustlevel: integer,
  retained: bool,
  ...ppt,
});

export const subscribeOptions: Check = /* @__PURE__ */ dictOf({ match, get_retained: bool, nkey: string });
export const unsubscribedDetails: Check = /* @__PURE__ */ dictOf({ subscription: idOrZero, reason: string });

export const callOptions: Check = /* @__PURE__ */ dictOf({
  timeout: integer,
  receive_progress: bool,
  progress: bool,
  disclose_me: bool,
  rkey: string,
  runmode: string,
  ...ppt,
});

export const cancelOptions: Check = /* @__PURE__ */ dictOf({ mode: /* @__PURE__ */ oneOf('skip', 'kill', 'killnowait') });
export const interruptOptions: Check = /* @__PURE__ */ dictOf({ mode: /* @__PURE__ */ oneOf('skip', 'kill', 'killnowait') });
export const resultDetails: Check = /* @__PURE__ */ dictOf({ progress: bool, ...ppt });

export const registerOptions: Check = /* @__PURE__ */ dictOf({
  match,
  invoke: /* @__PURE__ */ oneOf('single', 'roundrobin', 'random', 'first', 'last'),
  disclose_caller: bool,
  forward_timeout: bool,
});

export const unregisteredDetails: Check = /* @__PURE__ */ dictOf({ registration: idOrZero, reason: string });

export const invocationDetails: Check = /* @__PURE__ */ dictOf({
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

export const yieldOptions: Check = /* @__PURE__ */ dictOf({ progress: bool, ...ppt });
