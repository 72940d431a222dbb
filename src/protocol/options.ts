/*
 * The options and details that WAMP knows, with their types: one check per dict. Unknown keys pass (WAMP "Extensibility");
 * a known key with a wrong value is a protocol violation.
 */
import { bool, type Check, dict, dictOf, id, idOrZero, integer, listOf, oneOf, string, uri } from './checks.ts';

const ids = listOf(id, 'ids');
const strings = listOf(string, 'strings');
const match = oneOf('exact', 'prefix', 'wildcard');
const role = dictOf({ features: dict });

/** WAMP "Payload Passthru Mode". */
const ppt = { ppt_scheme: string, ppt_serializer: string, ppt_cipher: string, ppt_keyid: string };

export const helloDetails: Check = dictOf(
  {
    roles: dictOf({ publisher: role, subscriber: role, caller: role, callee: role }),
    agent: string,
    authmethods: strings,
    authid: string,
    authrole: string,
    authextra: dict,
  },
  ['roles'],
);

export const welcomeDetails: Check = dictOf(
  {
    roles: dictOf({ broker: role, dealer: role }),
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

export const abortDetails: Check = dictOf({ message: string });
export const goodbyeDetails: Check = dictOf({ message: string });
export const errorDetails: Check = dictOf(ppt);

export const publishOptions: Check = dictOf({
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

export const eventDetails: Check = dictOf({
  publisher: id,
  publisher_authid: string,
  publisher_authrole: string,
  topic: uri,
  trustlevel: integer,
  retained: bool,
  ...ppt,
});

export const subscribeOptions: Check = dictOf({ match, get_retained: bool, nkey: string });
export const unsubscribedDetails: Check = dictOf({ subscription: idOrZero, reason: string });

export const callOptions: Check = dictOf({
  timeout: integer,
  receive_progress: bool,
  progress: bool,
  disclose_me: bool,
  rkey: string,
  runmode: string,
  ...ppt,
});

export const cancelOptions: Check = dictOf({ mode: oneOf('skip', 'kill', 'killnowait') });
export const interruptOptions: Check = dictOf({ mode: oneOf('skip', 'kill', 'killnowait') });
export const resultDetails: Check = dictOf({ progress: bool, ...ppt });

export const registerOptions: Check = dictOf({
  match,
  invoke: oneOf('single', 'roundrobin', 'random', 'first', 'last'),
  disclose_caller: bool,
  forward_timeout: bool,
});

export const unregisteredDetails: Check = dictOf({ registration: idOrZero, reason: string });

export const invocationDetails: Check = dictOf({
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

export const yieldOptions: Check = dictOf({ progress: bool, ...ppt });
