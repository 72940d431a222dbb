/*
 * A session that no client has: for the dealer it is a session like any other, and what is sent to it goes to a function. It has not joined, so nobody sees it.
 */
import type { Dict, Id } from '../../base/words.ts';
import type { FromRouter } from '../../protocol/messages.ts';
import { OutQueue, type Tally } from '../limits/out-queue.ts';
import { Queues } from '../limits/queues.ts';
import { Lane } from '../turns/lane.ts';
import type { Turns } from '../turns/turns.ts';
import type { Who } from './router-session.ts';
import { LiveSession } from './session.ts';
import type { SessionLine, SessionSettings } from './session-parts.ts';

export interface InsideSettings extends SessionSettings {
  readonly turns: Turns;
}

export interface InsideParts {
  readonly who: Who;
  /** HELLO.Details. */
  readonly hello: Dict;
  readonly settings: InsideSettings;
  readonly tally: Tally;
  /** Gets every message to it. May throw a `SerializationError` if the payload cannot be passed on. */
  readonly take: (message: FromRouter) => void;
  readonly isRemote?: boolean;
}

export function insideSession({ who, hello, settings, tally, take, isRemote = false }: InsideParts): LiveSession {
  const { limits, clock, turns, log } = settings;
  const transport = { bufferedBytes: 0 };
  const threw = (error: unknown): void => log({ level: 'error', message: 'a call by the router failed', error });
  const lane = new Lane(turns, { take: () => {}, unitsOf: () => 1, rests: () => {}, threw });
  const link: SessionLine = {
    state: 'established',
    transport,
    format: undefined,
    send: take,
    prepare: () => 0,
    framesOf: () => undefined,
    sendFrames: () => {},
    guard: (task) => task(),
  };
  const queue = new OutQueue(transport, limits, tally, new Queues(limits, clock), () => {});
  return new LiveSession({
    who,
    transport: { kind: 'memory' },
    hello,
    link,
    lane,
    queue,
    settings,
    isRemote,
    dismiss: () => {},
  });
}

/** The router itself. */
export function routerItself(id: Id, realm: string): Who {
  return {
    id,
    realm,
    authid: 'router',
    authrole: 'router',
    authmethod: 'internal',
    authprovider: 'internal',
    trustlevel: undefined,
  };
}
