/*
 * A router under attack. In the realms are: `alice` and `carol`, who have nothing to do with attackers and must notice nothing; and `bob`, one of our own
 * clients, who calls attackers and hears their events, and must come out of it whole. After each round the router must be as empty as before.
 */
import { Connection, type Serializer, type Session } from 'autostrada';
import { Router } from 'autostrada/router';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { CALL, Code, GOODBYE, HELLO, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { Actor, demand, type List, pendingOf, settle } from './actor.ts';
import { type Action, type Bench, encode, isEnding } from './campaign.ts';
import { clientScript } from './client-messages.ts';
import { resolve, withProto } from './mutate.ts';
import type { Random } from './random.ts';

const kills = ['', '_by_authid', '_by_authrole', '_all'].map((how) => `wamp.session.kill${how}`);

const config = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: {
        guest: {
          permissions: [
            { uri: '', match: 'prefix', allow: 'all' },
            { uri: 'com.bystander.', match: 'prefix', allow: ['call'] },
            ...kills.map((uri) => ({ uri, allow: [] })), // or bystanders would notice, and rightly
          ],
        },
        staff: { permissions: 'all' },
      },
    },
    arena: 'open',
    guarded: { anonymous: 'guest', authroles: { guest: { permissions: [{ uri: 'com.attack.t0', allow: 'all' }] } } },
    members: { authroles: { user: { permissions: 'all' } }, users: { joe: { authrole: 'user', ticket: 's3cret' } } },
  },
} as const;

/** What attackers of the realm `guarded` are told: now or later, something or nonsense. */
function authorize({ action, uri }: { readonly action: string; readonly uri: string }): never {
  const kind = (action.length + uri.length) % 5;
  if (kind === 0) throw new Error('an authorizer that throws');
  if (kind === 1) return Promise.reject(new Error('an authorizer that rejects')) as never;
  if (kind === 2) return Promise.resolve({ allow: 'perhaps' }) as never;
  return Promise.resolve(true) as never;
}

const roles = { publisher: {}, subscriber: {}, caller: {}, callee: { features: { call_canceling: true } } };

export async function routerBench(make: () => Serializer, others: () => Serializer): Promise<Bench> {
  const clock = new ManualClock();
  const serializer = make();
  const router = new Router(config, { clock, authorize, log: () => {} });
  const staff = router.as({ authrole: 'staff', authid: 'staff' });
  const line = (from: typeof staff, onMessage?: (list: List, actor: Actor) => void, own = serializer): Actor => {
    const transport = from.connect({ serializers: [own], signal: new AbortController().signal });
    if ('then' in transport) throw new Error('expected a line in this process');
    return new Actor(transport, onMessage);
  };
  const join = async (from: typeof staff, realm: string, onMessage?: (list: List, actor: Actor) => void): Promise<Actor> => {
    const actor = line(from, onMessage);
    actor.send(HELLO(realm, { roles }));
    await settle();
    const [welcome] = actor.take();
    demand(welcome?.[0] === Code.WELCOME, 'expected WELCOME, got', welcome);
    actor.live.set('session', welcome[1]);
    return actor;
  };

  const alice = await join(staff, 'realm1', (list, actor) => {
    if (list[0] === Code.INVOCATION) actor.send([Code.YIELD, list[1], {}, ...list.slice(4)]);
  });
  alice.send(REGISTER(1, {}, 'com.bystander.add'), SUBSCRIBE(2, {}, 'com.bystander.topic'));
  const carol = await join(staff, 'realm1');
  await settle();
  alice.take();
  let request = 0;

  const bob = new Connection({ url: staff, realm: 'realm1', serializers: [others()], retry: false });
  bob.on('error', () => {});
  bob.on('status', () => {});
  const session: Session = await bob.open();
  let isCross = false;
  const handler = (): void => {
    isCross = !isCross;
    if (isCross) throw new Error('a handler that throws');
  };
  await session.subscribe('com.attack.', handler, { match: 'prefix' });
  await session.subscribe('com.attack.t0', handler);
  await session.subscribe('wamp.session.on_leave', handler);
  let waiting = 0;
  const wait = (promise: Promise<unknown>): void => {
    waiting++;
    const over = (): void => {
      waiting--;
    };
    promise.then(over, over);
  };
  const good: { readonly [name: string]: () => void } = {
    call: () => wait(session.call('com.attack.p0', [1], { a: 'ü' })),
    progress: () => wait(session.call('com.attack.p1', [2], {}, { onProgress: handler })),
    publish: () => wait(session.publish('com.attack.t0', [3], {}, { acknowledge: true })),
    cancel: () => wait(session.call('com.attack.p0', [4], {}, { signal: AbortSignal.abort() })),
  };

  const figures = (): string => {
    const { sessions, subscriptions, registrations, calls, queuedBytes } = router.stats();
    return JSON.stringify({ sessions, subscriptions, registrations, calls, queuedBytes, timers: clock.pending });
  };
  await settle();
  const baseline = figures();

  /** The bystanders go about their business, and nothing else reaches them. */
  async function expectUnharmed(): Promise<void> {
    request += 2;
    alice.inbox.length = 0; // attackers may call her
    carol.send(CALL(request - 1, {}, 'com.bystander.add', [request]), PUBLISH(request, {}, 'com.bystander.topic', [request]));
    await settle();
    const [called, event, ...more] = alice.take();
    const isRight =
      called?.[0] === Code.INVOCATION &&
      event?.[0] === Code.EVENT &&
      JSON.stringify(event[4]) === `[${request}]` &&
      more.length === 0;
    demand(isRight, 'alice noticed:', called, event, more);
    const answers = carol.take();
    const [result] = answers;
    demand(answers.length === 1 && result?.[0] === 50 && result[1] === request - 1, 'carol noticed:', answers);
    demand(session.isOpen, 'bob lost his session');
  }

  async function play(script: readonly Action[], random: Random): Promise<number> {
    let sent = 0;
    let isFirst = true;
    let mayEnd = false;
    let last = 0;
    let isPlain = true; // one session, whose requests can be counted
    const arena = script.some((each) => 'send' in each && each.send[1] === 'arena') ? await join(router, 'arena') : undefined;
    const attacker = line(router, (list, { live }) => {
      if (list[0] === Code.WELCOME) live.set('session', list[1]);
      else if (list[0] === Code.SUBSCRIBED) live.set('subscription', list[2]);
      else if (list[0] === Code.REGISTERED) live.set('registration', list[2]);
      else if (list[0] === Code.INVOCATION) live.set('invocation', list[1]);
    });
    attacker.live.set('victim', arena?.live.get('session'));
    for (const action of script) {
      if ('tick' in action) await settle();
      else if ('advance' in action) await clock.advance(action.advance);
      else if ('good' in action) good[action.good]?.();
      else {
        if (attacker.closed) continue;
        let isPlausible = true;
        const list = resolve(action.send, (name) => {
          const id = attacker.live.get(name);
          isPlausible &&= name !== 'invocation' || id !== undefined;
          return id ?? 1;
        }) as unknown[];
        if (!isPlausible && !action.isWild) continue; // nobody has called
        const frame = encode(serializer, list, action.edits);
        if (frame === undefined) continue;
        const bytes = withProto(frame);
        let decoded: unknown = list;
        try {
          if (action.edits) decoded = serializer.decode(bytes);
        } catch {
          decoded = undefined;
        }
        mayEnd ||= isEnding(decoded);
        if (Array.isArray(decoded)) {
          if (!isFirst && [1, 5, 6].includes(decoded[0] as number)) isPlain = false;
          if ([16, 32, 34, 48, 64, 66].includes(decoded[0] as number))
            last = Math.max(last, Number(typeof decoded[1] === 'number' && decoded[1]));
        }
        attacker.sendFrame(bytes);
        isFirst = false;
        if (action.isWild) sent++;
      }
    }
    await settle();
    const isJoined = attacker.inbox.some(([code]) => code === Code.WELCOME);
    if (attacker.closed) {
      const end = attacker.inbox.at(-1);
      const isProper =
        end?.[0] === Code.ABORT && typeof (end[1] as { message: unknown }).message === 'string' && typeof end[2] === 'string';
      demand(isProper || mayEnd, 'the connection was closed without ABORT', attacker.closed, attacker.inbox.slice(-3));
      demand(!JSON.stringify(end ?? '').includes('internal error'), 'an internal error', end);
    } else if (isJoined && isPlain) {
      const killed = attacker.inbox.some(([code]) => code === Code.GOODBYE);
      attacker.send(SUBSCRIBE(last + 1, {}, 'com.attack.probe'));
      await settle();
      const answer = attacker.inbox.find((list) => list[0] === Code.SUBSCRIBED && list[1] === last + 1);
      const isRefused = attacker.inbox.some((list) => list[0] === Code.ERROR && list[2] === last + 1);
      demand(answer || isRefused || killed, 'the attacker is neither aborted nor unharmed', last, attacker.inbox.slice(-3));
    }
    if (random.chance(0.3)) attacker.send(GOODBYE({}, 'wamp.close.close_realm'));
    attacker.close();
    arena?.close();
    await settle();
    demand(pendingOf(session) === 0 && waiting === 0, 'calls of bob are open that nobody runs:', pendingOf(session), waiting);
    await expectUnharmed();
    const now = figures();
    demand(now === baseline, `something is left of the attacker: ${now}, and was ${baseline}`);
    return sent;
  }

  return {
    script: clientScript,
    play,
    async close() {
      await bob.close();
      alice.close();
      carol.close();
      await settle();
      await router.close();
      demand(router.stats().sessions === 0 && clock.pending === 0, 'the router is not empty:', router.stats(), clock.pending);
    },
  };
}
