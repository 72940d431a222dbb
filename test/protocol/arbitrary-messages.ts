/* Messages of every kind with random contents, for properties. What is in them is legal, and as the codec itself would make it. */
import fc from 'fast-check';
import { Code, type Message } from '../../src/protocol/messages.ts';

const id = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.maxSafeNat().map((nat) => nat + 1),
  fc.constant(2 ** 53),
);
const component = fc.stringMatching(/^[^\s.#]{1,8}$/);
const uri = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const extras = fc.dictionary(fc.stringMatching(/^_[a-z0-9_]{3,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 });
const anyDict = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }).map((dict) => ({ ...dict }));

/** Some of these keys, and some that nobody knows. */
function dict(known: { readonly [key: string]: fc.Arbitrary<unknown> } = {}): fc.Arbitrary<{ readonly [key: string]: unknown }> {
  return fc.tuple(fc.record(known, { requiredKeys: [] }), extras).map(([own, more]) => ({ ...own, ...more }));
}

/** Absent, or not empty: empty means absent, and is parsed as it comes. */
const payload = fc
  .tuple(fc.array(fc.jsonValue(), { maxLength: 3 }), anyDict)
  .map(([args, kwargs]) =>
    Object.keys(kwargs).length > 0 ? { args, kwargs } : { args: args.length > 0 ? args : undefined, kwargs: undefined },
  );

const bool = fc.boolean();
const text = fc.string();
const ids = fc.array(id, { maxLength: 3 });
const texts = fc.array(text, { maxLength: 3 });
const features = fc.dictionary(fc.stringMatching(/^[a-z_]{3,9}$/), bool, { maxKeys: 2 });
const role = fc.record({ features }, { requiredKeys: [] });
const match = fc.constantFrom('exact', 'prefix', 'wildcard');
const mode = fc.constantFrom('skip', 'kill', 'killnowait');
const pptKeys = { ppt_scheme: text, ppt_serializer: text, ppt_cipher: text, ppt_keyid: text };

type Fields = { readonly [field: string]: fc.Arbitrary<unknown> };

function message(type: Code, fields: Fields, hasPayload = false): fc.Arbitrary<Message> {
  const base = fc.record({ type: fc.constant(type), ...fields });
  const whole = hasPayload ? fc.tuple(base, payload).map(([own, more]) => ({ ...own, ...more })) : base;
  return whole as fc.Arbitrary<unknown> as fc.Arbitrary<Message>;
}

const withRoles = (roles: fc.Arbitrary<unknown>, more: Fields) =>
  fc.tuple(roles, dict(more)).map(([given, details]) => ({ ...details, roles: given }));

/** Answers whose details are there for a revocation only. */
const revocable = (type: typeof Code.UNSUBSCRIBED | typeof Code.UNREGISTERED): fc.Arbitrary<Message> =>
  fc.oneof(
    message(type, { request: id, details: fc.constant(undefined) }),
    message(type, { request: fc.constant(0), details: dict({ reason: uri }) }),
  );

/** One arbitrary for each message. */
export const arbitraryMessages: { readonly [name in keyof typeof Code]: fc.Arbitrary<Message> } = {
  HELLO: message(Code.HELLO, {
    realm: uri,
    details: withRoles(fc.record({ caller: role, subscriber: role }, { requiredKeys: [] }), { agent: text, authmethods: texts }),
  }),
  WELCOME: message(Code.WELCOME, {
    session: id,
    details: withRoles(fc.record({ broker: role, dealer: role }, { requiredKeys: [] }), { realm: uri, authextra: anyDict }),
  }),
  ABORT: message(Code.ABORT, { details: dict({ message: text }), reason: uri }, true),
  CHALLENGE: message(Code.CHALLENGE, { authmethod: text, extra: anyDict }),
  AUTHENTICATE: message(Code.AUTHENTICATE, { signature: text, extra: anyDict }),
  GOODBYE: message(Code.GOODBYE, { details: dict({ message: text }), reason: uri }),
  ERROR: message(
    Code.ERROR,
    { requestType: fc.constantFrom(16, 32, 34, 48, 64, 66, 68), request: id, details: dict(pptKeys), error: uri },
    true,
  ),
  PUBLISH: message(
    Code.PUBLISH,
    { request: id, options: dict({ acknowledge: bool, exclude: ids, eligible_authid: texts, retain: bool }), topic: uri },
    true,
  ),
  PUBLISHED: message(Code.PUBLISHED, { request: id, publication: id }),
  SUBSCRIBE: message(Code.SUBSCRIBE, { request: id, options: dict({ match, get_retained: bool }), topic: uri }),
  SUBSCRIBED: message(Code.SUBSCRIBED, { request: id, subscription: id }),
  UNSUBSCRIBE: message(Code.UNSUBSCRIBE, { request: id, subscription: id }),
  UNSUBSCRIBED: revocable(Code.UNSUBSCRIBED),
  EVENT: message(
    Code.EVENT,
    { subscription: id, publication: id, details: dict({ publisher: id, topic: uri, trustlevel: fc.nat() }) },
    true,
  ),
  CALL: message(Code.CALL, { request: id, options: dict({ timeout: fc.nat(), progress: bool, ...pptKeys }), procedure: uri }, true),
  CANCEL: message(Code.CANCEL, { request: id, options: dict({ mode }) }),
  RESULT: message(Code.RESULT, { request: id, details: dict({ progress: bool }) }, true),
  REGISTER: message(Code.REGISTER, { request: id, options: dict({ match, disclose_caller: bool }), procedure: uri }),
  REGISTERED: message(Code.REGISTERED, { request: id, registration: id }),
  UNREGISTER: message(Code.UNREGISTER, { request: id, registration: id }),
  UNREGISTERED: revocable(Code.UNREGISTERED),
  INVOCATION: message(
    Code.INVOCATION,
    { request: id, registration: id, details: dict({ caller: id, procedure: uri, progress: bool }) },
    true,
  ),
  INTERRUPT: message(Code.INTERRUPT, { request: id, options: dict({ mode }) }),
  YIELD: message(Code.YIELD, { request: id, options: dict({ progress: bool }) }, true),
  EVENT_RECEIVED: message(Code.EVENT_RECEIVED, { publication: id }),
};
