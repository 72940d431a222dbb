/*
 * Every wire form that WAMP knows, written out: the table of the specification once more, so that the tests do not ask the code under
 * test what is right.
 */

import type { Message } from '../../src/protocol/messages.ts';
import { clientInbound, type Inbound, routerInbound } from '../../src/protocol/rows.ts';

export type List = readonly unknown[];
/** Who may receive it. */
export type Receiver = 'client' | 'router';

export interface Form {
  readonly name: string;
  readonly code: number;
  readonly receivers: readonly Receiver[];
  /** The shortest form and every longer one. */
  readonly lists: readonly List[];
}

export const inbounds: { readonly [receiver in Receiver]: Inbound<Message> } = {
  client: clientInbound as Inbound<Message>,
  router: routerInbound as Inbound<Message>,
};

/** Both directions at once, for what is about shapes only. */
export const everyInbound: Inbound<Message> = new Map([...inbounds.client, ...inbounds.router]);

function form(name: string, receivers: readonly Receiver[], shortest: List, ...more: unknown[]): Form {
  const lists = [shortest];
  for (let i = 1; i <= more.length; i++) lists.push([...shortest, ...more.slice(0, i)]);
  return { name, code: shortest[0] as number, receivers, lists };
}

const ARGS = [1, 'two', [3], { four: 4 }, null, true];
const KWARGS = { colour: 'blue', deep: { sizes: [1, 2] } };

export const forms: readonly Form[] = [
  form('HELLO', ['router'], [1, 'realm1', { roles: { caller: {}, callee: { features: { call_canceling: true } } } }]),
  form('WELCOME', ['client'], [2, 9129137332, { roles: { broker: {}, dealer: {} } }]),
  form('ABORT', ['client', 'router'], [3, { message: 'no' }, 'wamp.error.no_such_realm'], ARGS, KWARGS),
  form('CHALLENGE', ['client'], [4, 'wampcra', { challenge: '{}' }]),
  form('AUTHENTICATE', ['router'], [5, 'gir1mSx+deCD', {}]),
  form('GOODBYE', ['client', 'router'], [6, {}, 'wamp.close.close_realm']),
  form('ERROR', ['client', 'router'], [8, 48, 7814135, {}, 'com.myapp.error'], ARGS, KWARGS),
  form('PUBLISH', ['router'], [16, 239714735, { acknowledge: true }, 'com.myapp.mytopic1'], ARGS, KWARGS),
  form('PUBLISHED', ['client'], [17, 239714735, 4429313566]),
  form('SUBSCRIBE', ['router'], [32, 713845233, { match: 'prefix' }, 'com.myapp.']),
  form('SUBSCRIBED', ['client'], [33, 713845233, 5512315355]),
  form('UNSUBSCRIBE', ['router'], [34, 85346237, 5512315355]),
  form('UNSUBSCRIBED', ['client'], [35, 85346237]),
  form('EVENT', ['client'], [36, 5512315355, 4429313566, { publisher: 1231412 }], ARGS, KWARGS),
  form('CALL', ['router'], [48, 7814135, { timeout: 500 }, 'com.myapp.echo'], ARGS, KWARGS),
  form('CANCEL', ['router'], [49, 7814135, { mode: 'kill' }]),
  form('RESULT', ['client'], [50, 7814135, {}], ARGS, KWARGS),
  form('REGISTER', ['router'], [64, 25349185, { invoke: 'roundrobin' }, 'com.myapp.echo']),
  form('REGISTERED', ['client'], [65, 25349185, 2103333224]),
  form('UNREGISTER', ['router'], [66, 788923562, 2103333224]),
  form('UNREGISTERED', ['client'], [67, 788923562]),
  form('INVOCATION', ['client'], [68, 6131533, 9823526, { procedure: 'com.myapp.echo' }], ARGS, KWARGS),
  form('INTERRUPT', ['client'], [69, 6131533, { mode: 'killnowait' }]),
  form('YIELD', ['router'], [70, 6131533, { progress: true }], ARGS, KWARGS),
  form('EVENT_RECEIVED', ['router'], [337, 5512315355]),
];

/** What is legal and not given back as it came: revocations stand for themselves, Autobahn's fourth element is dropped. */
export const revocations: readonly List[] = [
  [35, 0, { subscription: 5512315355, reason: 'wamp.subscription.revoked' }],
  [67, 0, { registration: 2103333224, reason: 'wamp.registration.revoked' }],
];
