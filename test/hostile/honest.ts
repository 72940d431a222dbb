/*
 * The honest sessions, in a process of their own, so that what they wait is the router's doing: a callee and callers, a publisher and
 * subscribers, by every transport; newcomers who log in, call once and leave; and bystanders, who hear what attackers publish and call what
 * attackers serve. Roles are in honest-roles.ts. What was promised them and not kept is told to the parent, who asks.
 */

import { AUTHENTICATE, Code, GOODBYE, HELLO } from '../fixtures/messages.ts';
import type { Format } from './formats.ts';
import { callByHttp } from './honest-http.ts';
import { Bystander, Callee, Caller, type House, type Line, News, Publisher, type Role, Subscriber } from './honest-roles.ts';
import { LongPollPeer } from './long-poll-peer.ts';
import { Peer, roles } from './peer.ts';

const [portText = '', localAddress = '', secret = '', boundText = ''] = process.argv.slice(2);
const port = Number(portText);
const boundMs = Number(boundText);

const waits: number[] = [];
const violations: (readonly [string, string])[] = [];
const tally = { calls: 0, events: 0, newcomers: 0, heard: 0 };
let isResting = false;
let isOver = false;

const house: House = {
  secret,
  boundMs,
  tally,
  waited: (ms) => void waits.push(ms),
  violate: (invariant, what) => void (violations.length < 1000 && violations.push([invariant, what])),
  get isResting() {
    return isResting;
  },
};

type Way = readonly ['websocket' | 'rawsocket', Format] | 'longpoll';

const news = new News();
const cast: readonly (readonly [Role, Way])[] = [
  [new Callee(house), ['websocket', 'json']],
  [new Caller(house, 'caller'), ['websocket', 'json']],
  [new Caller(house, 'RawSocket caller'), ['rawsocket', 'json']],
  [new Caller(house, 'long-poll caller'), 'longpoll'],
  [new Publisher(house, news), ['websocket', 'json']],
  [new Subscriber(house, news, 'subscriber'), ['websocket', 'json']],
  [new Subscriber(house, news, 'RawSocket subscriber'), ['rawsocket', 'json']],
  [new Subscriber(house, news, 'long-poll subscriber'), 'longpoll'],
  [new Bystander(house, 'json'), ['websocket', 'json']],
  [new Bystander(house, 'msgpack'), ['rawsocket', 'msgpack']],
  [new Bystander(house, 'cbor'), ['websocket', 'cbor']],
];
const lines = new Map<Role, Line>();

/** Opens a line and logs in. @throws when either is refused. */
async function enter(way: Way, hear: (list: readonly unknown[]) => void, malformed: (what: string) => void): Promise<Line> {
  const from = { port, localAddress };
  const line =
    way === 'longpoll'
      ? await LongPollPeer.open(port, localAddress)
      : await Peer.open({ ...from, transport: way[0], format: way[1] });
  if (line instanceof Peer) line.onMalformed = malformed;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail('silence'), boundMs);
    const fail = (why: string): void => {
      line.destroy();
      reject(new Error(why));
    };
    line.onMessage = (list) => {
      if (list[0] === Code.CHALLENGE) line.send(AUTHENTICATE(secret, {}));
      else if (list[0] === Code.WELCOME) {
        clearTimeout(late);
        line.onMessage = (message) => {
          if (message[0] === Code.ABORT || message[0] === Code.GOODBYE) {
            line.ended ??= JSON.stringify(message);
            line.destroy();
          } else hear(message);
          return false;
        };
        resolve(line);
      } else fail(JSON.stringify(list));
      return false;
    };
    line.send(HELLO('arena', { roles, authmethods: ['ticket'], authid: 'honest' }));
  });
}

/** A role is there all the time; who has to come back tells that he had to go. */
async function stay(role: Role, way: Way): Promise<void> {
  const [first, ready] = promise();
  const live = async (): Promise<void> => {
    while (!isOver) {
      try {
        const line = await enter(
          way,
          (list) => role.message(list),
          (what) => house.violate('wrong answers and orders', `${role.name} got ${what}`),
        );
        lines.set(role, line);
        role.begin(line);
        ready();
        while (line.ended === undefined) await sleep(20);
        if (!isOver) house.violate('honest sessions ended or refused', `${role.name}: ${line.ended}`);
      } catch (error) {
        if (!isOver) house.violate('honest sessions ended or refused', `${role.name} cannot log in: ${error}`);
      }
      lines.delete(role);
      role.lost();
      await sleep(100);
    }
  };
  void live();
  await first;
}

/** Comes, calls once, and leaves, again and again. */
async function newcomers(): Promise<void> {
  for (let count = 0; !isOver; count++) {
    await sleep(250);
    if (isResting) continue;
    const since = performance.now();
    // What it came for it still does when the others begin to rest.
    const caller = new Caller({ ...house, isResting: false }, 'newcomer', 1);
    try {
      const line = await enter(
        [count % 2 ? 'rawsocket' : 'websocket', 'json'],
        (list) => caller.message(list),
        () => {},
      );
      caller.begin(line);
      while (!caller.isDone && line.ended === undefined && performance.now() - since < boundMs) await sleep(5);
      if (!caller.isDone) house.violate('honest calls answered late or never', `a newcomer: ${line.ended ?? 'silence'}`);
      line.send(GOODBYE({}, 'wamp.close.close_realm'));
      await sleep(20);
      line.destroy();
      tally.newcomers++;
      house.waited(performance.now() - since - 20);
    } catch (error) {
      house.violate('honest sessions ended or refused', `a newcomer: ${error}`);
    }
    caller.lost();
  }
}

/** Programs without WAMP, one after the other. */
async function programs(): Promise<void> {
  for (let count = 0; !isOver; count++) {
    await sleep(250);
    if (isResting) continue;
    const since = performance.now();
    const wrong = await callByHttp({ port, localAddress, secret, boundMs }, count);
    if (wrong !== undefined) house.violate('honest calls answered late or never', `a program without WAMP: ${wrong}`);
    tally.newcomers++;
    house.waited(performance.now() - since);
  }
}

function promise(): readonly [Promise<void>, () => void] {
  let settle = (): void => {};
  const made = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return [made, settle];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const tasks: { readonly [task: string]: (options: { readonly [key: string]: unknown }) => unknown } = {
  look() {
    const sorted = waits.splice(0).sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
    return {
      tally,
      waits: { count: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) },
      violations: violations.splice(0),
      lines: lines.size,
    };
  },
  /** Everything under way ends, nothing new begins; everybody stays. */
  async rest() {
    isResting = true;
    const deadline = performance.now() + 4 * boundMs;
    while (cast.some(([role]) => role.isBusy) && performance.now() < deadline) await sleep(20);
    await sleep(300); // the newcomer who is there
    return true;
  },
  goOn() {
    isResting = false;
    return true;
  },
  sessionOf: ({ name }) => [...lines].find(([role]) => role.name === name)?.[1].session,
  lie: () => ((cast[0]?.[0] as Callee).liesOnce = true),
  async leave() {
    isOver = true;
    for (const line of lines.values()) line.send(GOODBYE({}, 'wamp.close.close_realm'));
    await sleep(500);
    for (const line of lines.values()) line.destroy();
    return true;
  },
};

process.on('message', async ({ task, ...options }: { readonly task: string }) => {
  process.send?.({ value: await tasks[task]?.(options) });
});
process.on('disconnect', () => process.exit());
for (const [role, way] of cast) await stay(role, way);
void newcomers();
void programs();
process.send?.({ value: cast.length });
