/* WAMP "Call Timeout", left to the callee; and WAMP "Call Re-Routing" as far as a callee has a part in it. */
import { ApplicationError, Connection, type InvocationDetails, type RegisterOptions } from 'autostrada';
import { expect, it } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ERROR, INTERRUPT, INVOCATION, REGISTER, REGISTERED, YIELD } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { join } from '../fixtures/scripted-session.ts';

type Endpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;

async function callee(endpoint: Endpoint, options: RegisterOptions = { forward_timeout: true }) {
  const clock = new ManualClock();
  const joined = await join({ environment: { clock } });
  const registering = joined.session.register('a.b', endpoint, options);
  await joined.peer.expect(REGISTER(1, options, 'a.b'));
  joined.peer.send(REGISTERED(1, 5));
  await registering;
  return { ...joined, clock, before: clock.pending };
}
const timeoutError = ERROR('INVOCATION', 1, {}, 'wamp.error.timeout', ['no answer in 100 ms']);

it('[C56] [C55] an endpoint that takes too long is answered with ERROR timeout, and its signal aborts with that', async () => {
  const reasons: unknown[] = [];
  let finish: (value: unknown) => void = () => {};
  const { peer, clock, session, reported } = await callee((_args, _kwargs, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    return new Promise((resolve) => (finish = resolve));
  });
  peer.send(INVOCATION(1, 5, { timeout: 100 }));
  await clock.advance(99);
  expect([reasons, peer.unread]).toEqual([[], []]);
  await clock.advance(1);
  await peer.expect(timeoutError);
  expect(reasons).toMatchObject([{ uri: 'wamp.error.timeout' }]);
  finish('late');
  await settled();
  expect([peer.unread, session.isOpen, reported]).toEqual([[], true, []]);
});

it('[C56] the answer is sent once when the endpoint rejects because of its signal', async () => {
  const { peer, clock } = await callee(
    (_args, _kwargs, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('mine')))),
  );
  peer.send(INVOCATION(1, 5, { timeout: 100 }));
  await clock.advance(100);
  await peer.expect(timeoutError);
  await settled();
  expect(peer.unread).toEqual([]);
});

it('[C56] the time starts again with each progressive result', async () => {
  let details: InvocationDetails | undefined;
  const { peer, clock } = await callee((_args, _kwargs, given) => {
    details = given;
    return new Promise(() => {});
  });
  peer.send(INVOCATION(1, 5, { timeout: 100, receive_progress: true }));
  for (let i = 0; i < 3; i++) {
    await clock.advance(90);
    details?.sendProgress(i);
    await peer.expect(YIELD(1, { progress: true }, [i]));
  }
  await clock.advance(99);
  expect(peer.unread).toEqual([]);
  await clock.advance(1);
  await peer.expect(timeoutError);
  expect(details?.sendProgress('late')).toBe(false);
});

it('[C56] the time does not start again for progress that is not sent', async () => {
  let details: InvocationDetails | undefined;
  const { peer, clock } = await callee((_args, _kwargs, given) => {
    details = given;
    return new Promise(() => {});
  });
  peer.send(INVOCATION(1, 5, { timeout: 100 }));
  await clock.advance(90);
  expect(details?.sendProgress(1)).toBe(false);
  await clock.advance(10);
  await peer.expect(timeoutError);
});

it('[C56] the timeout stops a generator, and the reading of further inputs', async () => {
  const seen: unknown[] = [];
  const { peer, clock } = await callee(async function* (_args, _kwargs, { furtherInputs }) {
    try {
      for await (const input of furtherInputs) yield input;
    } catch (error) {
      seen.push(error);
    } finally {
      seen.push('cleaned');
    }
  });
  peer.send(INVOCATION(1, 5, { timeout: 100, progress: true }));
  await clock.advance(100);
  await peer.expect(timeoutError);
  expect(seen).toMatchObject([{ uri: 'wamp.error.timeout' }, 'cleaned']);
});

it('[C56] no timer is left after an answer, an error, a cancellation or the end of the session', async () => {
  const { peer, clock, before } = await callee(([what]) => {
    if (what === 'fail') throw new ApplicationError('com.example.error');
    return what === 'wait' ? new Promise(() => {}) : 1;
  });
  for (const [request, what] of ['answer', 'fail'].entries()) peer.send(INVOCATION(request + 1, 5, { timeout: 100 }, [what]));
  await settled();
  expect(clock.pending).toBe(before);
  peer.send(INVOCATION(3, 5, { timeout: 100 }, ['wait']));
  await settled();
  expect(clock.pending).toBe(before + 1);
  peer.send(INTERRUPT(3, { mode: 'killnowait' }));
  await settled();
  expect(clock.pending).toBe(before);
  peer.send(INVOCATION(4, 5, { timeout: 100 }, ['wait']));
  await settled();
  peer.close();
  await settled();
  expect(clock.pending).toBeLessThanOrEqual(before);
});

it('[C56] the timeout still applies after an INTERRUPT whose answer is awaited', async () => {
  const { peer, clock } = await callee(() => new Promise(() => {}));
  peer.send(INVOCATION(1, 5, { timeout: 100 }), INTERRUPT(1, { mode: 'kill' }));
  await clock.advance(100);
  await peer.expect(timeoutError);
});

it('[C59] an endpoint that is not available answers so, and that is not reported as a failure', async () => {
  const { peer, reported } = await callee(
    () => {
      throw new ApplicationError('wamp.error.unavailable', ['busy']);
    },
    { invoke: 'first' },
  );
  peer.send(INVOCATION(1, 5, {}));
  await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable', ['busy']));
  expect(reported).toEqual([]);
});

it('[C59] [C55] a client announces its features as caller and as callee', async () => {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', retry: false });
  const opening = connection.open().catch(() => {});
  const peer = await router.peer();
  const [, , details] = (await peer.next()) as [number, string, { roles: Record<string, { features: object }> }];
  expect(details.roles.callee?.features).toMatchObject({
    call_canceling: true,
    call_reroute: true,
    call_timeout: true,
    progressive_call_invocations: true,
    progressive_call_results: true,
    shared_registration: true,
  });
  expect(details.roles.caller?.features).toMatchObject({
    call_canceling: true,
    call_timeout: true,
    progressive_call_invocations: true,
    progressive_call_results: true,
  });
  peer.close();
  await opening;
});
