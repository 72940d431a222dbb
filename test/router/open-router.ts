/*
 * A router whose time passes when told, with clients played by hand. After the test it must be as empty as it was.
 */
import { type LogEntry, Router, type RouterConfig, type RouterHooks } from 'autostrada/router';
import { expect, onTestFinished } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { ABORT, ERROR, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';

export const roles = { publisher: {}, subscriber: {}, caller: {}, callee: {} };

export const VIOLATION = 'wamp.error.protocol_violation';

export interface Opened {
  readonly router: Router;
  readonly clock: ManualClock;
  readonly log: readonly LogEntry[];
}

export function openRouter(
  config: RouterConfig = { realms: { realm1: 'open', realm2: 'open' } },
  hooks: Pick<RouterHooks, 'authorize' | 'findUser' | 'store'> = {},
): Opened {
  const clock = new ManualClock();
  const log: LogEntry[] = [];
  const router = new Router(config, { ...hooks, clock, log: (entry) => log.push(entry) });
  onTestFinished(async () => {
    const closed = router.close();
    await clock.advance(2000); // scripted clients do not answer GOODBYE by themselves
    await closed;
    expect(router.sessions).toEqual([]);
    expect(clock.pending).toBe(0);
  });
  return { router, clock, log };
}

/** As many clients as the test names, all in realm1. */
export function join(router: Router): Promise<ScriptedPeer> {
  return joinedClient(router);
}

/** Registers and gives the registration. `request`: the callee's next id. */
export async function register(callee: ScriptedPeer, procedure: string, request = 1): Promise<unknown> {
  callee.send(REGISTER(request, {}, procedure));
  const [code, answered, registration] = await callee.next();
  expect([code, answered]).toEqual([65, request]);
  return registration;
}

export async function subscribe(subscriber: ScriptedPeer, topic: string, request = 1): Promise<unknown> {
  subscriber.send(SUBSCRIBE(request, {}, topic));
  const [code, answered, subscription] = await subscriber.next();
  expect([code, answered]).toEqual([33, request]);
  return subscription;
}

/** The router has said why, and nothing else, and closed the connection. */
export async function expectAbort(client: ScriptedPeer, message: unknown, reason = VIOLATION): Promise<void> {
  expect(await client.end()).toEqual([ABORT({ message }, reason)]);
}

/** The next message is ERROR for this request with this URI; a text for people comes along. */
export async function expectError(client: ScriptedPeer, requestType: number, request: number, uri: string): Promise<void> {
  await client.expect(ERROR(requestType, request, {}, uri, [expect.any(String)]));
}

/** Everything that was sent so far has been taken, and this is all that came. */
export async function expectUnread(client: ScriptedPeer, ...lists: List[]): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.unread).toEqual(lists);
}

/** Stands in a list for an integer that JSON and CBOR have, and MessagePack does not. */
export const HUGE = 'an integer of 65 bits';

/** Of a client that speaks JSON. */
export function sendHuge(client: ScriptedPeer, list: List): void {
  client.sendFrame(JSON.stringify(list).replaceAll(`"${HUGE}"`, '18446744073709551617'));
}
