/*
 * A client under attack: each round a connection of its own with a router played by hand, whose user goes on calling, subscribing and so on, with code
 * that is odd itself. Beside it lives a bystander, in the same process. In the end every promise is settled and no timer is left.
 */
import { Connection, type ConnectionOptions, type Serializer, type Session, ticket } from 'autostrada';
import { memoryPair } from '../../src/transport/memory.ts';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { Code, GOODBYE, RESULT, SUBSCRIBED, WELCOME } from '../fixtures/messages.ts';
import { Actor, demand, type List, pendingOf, settle } from './actor.ts';
import { type Action, type Bench, encode, isEnding } from './campaign.ts';
import { resolve, withProto } from './mutate.ts';
import { oddCode } from './odd-code.ts';
import { Random } from './random.ts';
import { routerScript } from './router-messages.ts';

const names: { readonly [code: number]: string } = {
  16: 'PUBLISH',
  32: 'SUBSCRIBE',
  34: 'UNSUBSCRIBE',
  48: 'CALL',
  64: 'REGISTER',
  66: 'UNREGISTER',
};

/** A connection and the router at its other end. */
async function dial(
  serializer: Serializer,
  options: Partial<ConnectionOptions>,
  onMessage: (list: List, router: Actor) => void,
): Promise<{ readonly connection: Connection; readonly router: Actor }> {
  let router: Actor | undefined;
  const connect = () => {
    const [theirs, ours] = memoryPair(serializer);
    router = new Actor(ours, onMessage);
    return theirs;
  };
  const connection = new Connection({ url: { name: 'attack', connect }, realm: 'realm1', retry: false, ...options });
  connection.on('error', () => {});
  connection.on('status', () => {});
  connection.open().catch(() => {});
  await settle();
  demand(router !== undefined, 'nobody dialled');
  return { connection, router };
}

const welcome: List = WELCOME(7, { roles: { broker: {}, dealer: {} } });

export async function clientBench(make: () => Serializer): Promise<Bench> {
  const serializer = make();
  let heard: unknown[] = [];
  const bystander = await dial(serializer, {}, (list, router) => {
    if (list[0] === Code.HELLO) router.send(welcome);
    else if (list[0] === Code.SUBSCRIBE) router.send(SUBSCRIBED(list[1], 11));
    else if (list[0] === Code.CALL) router.send([Code.EVENT, 11, 1, {}, list[4]], [Code.RESULT, list[1], {}, list[4]]);
    else if (list[0] === Code.GOODBYE) router.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  });
  const { session } = bystander.connection;
  demand(session !== undefined, 'the bystander has no session');
  await session.subscribe('com.bystander.topic', (args) => heard.push(...args));
  let number = 0;

  async function expectUnharmed(): Promise<void> {
    heard = [];
    number++;
    const answer = await session?.call('com.bystander.add', [number]);
    demand(answer === number && heard.length === 1 && heard[0] === number, 'the bystander noticed:', answer, heard);
    bystander.router.inbox.length = 0;
  }

  async function play(script: readonly Action[], random: Random): Promise<number> {
    let sent = 0;
    let mayEnd = false;
    let open = 0;
    const clock = new ManualClock();
    const live = new Map<string, unknown>([['next invocation', 1]]);
    const pending: [name: string, request: unknown][] = [];
    const auth = random.chance(0.9) ? ticket({ authid: 'joe', ticket: random.chance(0.5) ? 's3cret' : () => 's3cret' }) : undefined;
    const { connection, router } = await dial(serializer, { auth, environment: { clock } }, (list) => {
      const name = names[list[0] as number];
      if (name) pending.push([name, list[1]]);
    });
    const find = (name: string): unknown => live.get(name) ?? pending.filter(([type]) => type === name).at(-1)?.[1];

    /** Every promise that the user has is settled in the end. */
    const wait = (start: () => PromiseLike<unknown> | undefined): void => {
      let promise: PromiseLike<unknown> | undefined;
      try {
        promise = start();
      } catch {
        return;
      }
      if (!promise) return;
      open++;
      const over = (): void => {
        open--;
      };
      promise.then(over, over);
    };
    let controller = new AbortController();
    const user = userOf(connection, () => connection.session, wait);
    for (const action of script) {
      if ('tick' in action) await settle();
      else if ('advance' in action) await clock.advance(action.advance);
      else if ('good' in action) {
        if (action.good === 'abort all') {
          controller.abort();
          controller = new AbortController();
        } else if (action.good === 'leave') {
          mayEnd = true;
          wait(() => connection.close());
        } else user(action.good, controller.signal, new Random(action.luck ?? 0, 0));
      } else {
        if (router.closed) continue;
        let isPlausible = true;
        const list = resolve(action.send, (name) => {
          const id = find(name);
          isPlausible &&= id !== undefined;
          return id ?? 1;
        }) as unknown[];
        if (!isPlausible && !action.isWild) continue; // there is nothing to answer
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
        if (Array.isArray(decoded)) follow(live, pending, decoded);
        router.sendFrame(bytes);
        if (action.isWild) sent++;
      }
    }
    await settle();
    const end = router.inbox.at(-1);
    if (router.closed) {
      const isAborted =
        end?.[0] === Code.ABORT && typeof (end[1] as { message: unknown }).message === 'string' && typeof end[2] === 'string';
      demand(
        isAborted || mayEnd || end?.[0] === Code.GOODBYE,
        'the connection was closed without ABORT',
        router.closed,
        router.inbox.slice(-3),
      );
      demand(!JSON.stringify(end ?? '').includes('internal error'), 'an internal error', end);
    } else {
      if (connection.status.state !== 'joined') router.send(welcome);
      await settle();
      const probed = connection.session;
      if (probed && !router.closed) {
        let answer: unknown;
        const keep = (value: unknown): void => {
          answer = value;
        };
        probed.call('com.attack.probe').then(keep, keep);
        await settle();
        router.send(RESULT(find('CALL'), {}, ['alive']));
        await settle();
        demand(answer === 'alive', 'the session is neither aborted nor unharmed', answer, router.inbox.slice(-3));
      }
    }
    const last = connection.session;
    router.close();
    await settle();
    await clock.advance(0);
    demand(connection.status.state === 'closed', 'the connection is not closed but', connection.status.state);
    demand(pendingOf(last) === 0 && open === 0, 'somebody waits for ever:', pendingOf(last), open);
    demand(connection.handles.length === 0, 'handles are left:', connection.handles.length);
    demand(clock.pending === 0, 'timers are left:', clock.pending);
    await expectUnharmed();
    return sent;
  }

  return {
    script: routerScript,
    play,
    async close() {
      await bystander.connection.close();
    },
  };
}

/** Which ids the client knows, or may know, and which request has its answer. */
function follow(live: Map<string, unknown>, pending: [name: string, request: unknown][], list: readonly unknown[]): void {
  const [code, id, second] = list;
  if (code === Code.SUBSCRIBED) live.set('subscription', second);
  else if (code === Code.REGISTERED) live.set('registration', second);
  else if (code === Code.UNSUBSCRIBED && id !== 0) live.delete('subscription');
  else if (code === Code.UNREGISTERED && id !== 0) live.delete('registration');
  else if (code === Code.INVOCATION) {
    live.set('invocation', id);
    live.set('next invocation', typeof id === 'number' ? id + 1 : 1);
  }
  const isProgress = code === Code.RESULT && (second as { progress?: unknown } | null)?.progress === true;
  const request = code === Code.ERROR ? second : id;
  const at =
    isProgress || code === Code.EVENT || code === Code.INVOCATION || code === Code.INTERRUPT
      ? -1
      : pending.findIndex(([, sent]) => sent === request);
  if (at >= 0) pending.splice(at, 1);
}

/** Somebody who uses the connection. */
function userOf(
  connection: Connection,
  current: () => Session | undefined,
  wait: (start: () => PromiseLike<unknown> | undefined) => void,
): (deed: string, signal: AbortSignal, random: Random) => void {
  const topics = ['com.mine.t0', 'com.mine.t1', 'com.mine.t0'];
  const procedures = ['com.mine.p0', 'com.mine.p1'];
  return (deed, signal, random) => {
    const session = current();
    const code = oddCode(random);
    const some = random.pick(topics);
    const procedure = random.pick(procedures);
    switch (deed) {
      case 'connection call':
        return wait(() => connection.call('com.attack.p0', [1]));
      case 'durable subscribe': {
        const handle = connection.subscribe(some, code as () => void);
        return wait(() => handle.ready);
      }
      case 'durable register': {
        const handle = connection.register(procedure, code as () => unknown);
        return wait(() => handle.ready);
      }
    }
    if (!session) return;
    switch (deed) {
      case 'call':
        return wait(() => session.call('com.attack.p0', [1], { a: 2 }));
      case 'callResult':
        return wait(() => session.callResult('com.attack.p0'));
      case 'progress':
        return wait(() => session.call('com.attack.p0', [], {}, { onProgress: code as () => void }));
      case 'canceled':
        return wait(() => session.call('com.attack.p0', [], {}, { signal }));
      case 'timed':
        return wait(() => session.call('com.attack.p0', [], {}, { timeoutMs: 50 }));
      case 'publish':
        return wait(() => session.publish('com.attack.t0', [1], {}, { acknowledge: true }));
      case 'silent publish':
        return wait(() => session.publish('com.attack.t0', [1]) as undefined);
      case 'subscribe':
        return wait(() =>
          session.subscribe(some, code as () => void, random.chance(0.2) ? { signal } : {}).then((subscription) => {
            wait(() => subscription.ended);
          }),
        );
      case 'register':
        return wait(() =>
          session.register(procedure, code as () => unknown, random.chance(0.2) ? { signal } : {}).then((registration) => {
            wait(() => registration.ended);
          }),
        );
      case 'unsubscribe':
        return wait(() => session.subscriptions[0]?.unsubscribe());
      case 'unregister':
        return wait(() => session.registrations[0]?.unregister());
    }
  };
}
