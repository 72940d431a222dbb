/*
 * How a router comes to rest before it closes: no call that runs is cut off, although clients go on calling. connections.ts has the connections.
 */
import { type Clock, elapsed, within } from '../../base/clock.ts';
import type { LiveSession } from '../session/session.ts';
import type { CallIds } from '../session/session-parts.ts';
import type { Registrar } from './registrar.ts';

/** How often the rest is counted. */
const LOOK_MS = 20;
/** The parts of the time after which it goes on, even if calls still run. */
const SERVES_ALL = 1 / 2;
const SERVES_CALLEES = 3 / 4;

/** The procedures of a realm. */
type Procedures = { readonly registrar: Registrar };

/** A connection with its session. */
export interface Guest {
  readonly session: LiveSession | undefined;
  /** That of the session. */
  readonly realm: Procedures | undefined;
}

/** The calls of a router. */
export interface DrainCalls {
  /** The calls that ran when it began, as far as they still run. */
  readonly first: () => ReadonlySet<CallIds>;
  /** How many calls of other nodes wait until a registration is complete. They have not begun, but their nodes count on it. */
  readonly waiting: () => number;
  /** Resolves when other nodes know what this one has given up, and all that they sent before is here. Undefined: there are none. */
  readonly told: () => Promise<void> | undefined;
}

export interface DrainParts<G extends Guest> extends DrainCalls {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** All connections there are. */
  readonly guests: Iterable<G>;
  /** Ends one that has no calls. */
  readonly end: (guest: G) => void;
  /** The router was closed meanwhile. */
  readonly isOver: () => boolean;
}

/**
 * First everything is served, until the calls that ran at the beginning have ended. Then sessions without procedures make no new calls, and each ends when it has none. Callees
 * keep their procedures until nothing runs, at most until near the end, since other nodes of a cluster may go on calling. Sessions of this process are left to their program.
 *
 * @returns How many calls still run.
 */
export async function drained<G extends Guest>({
  clock,
  timeoutMs,
  first,
  waiting,
  told,
  guests,
  end,
  isOver,
}: DrainParts<G>): Promise<number> {
  const begin = elapsed(clock);
  const leftMs = (part: number): number => begin + timeoutMs * part - elapsed(clock);
  const until = async (part: number, isDone: () => boolean): Promise<void> => {
    for (let left = leftMs(part); !isDone() && left > 0 && !isOver(); left = leftMs(part))
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, Math.min(left, LOOK_MS)));
  };
  const running = (): Set<CallIds> => {
    const all = new Set(first());
    for (const { session } of outside(guests)) {
      for (const call of session.calls.values()) all.add(call);
      for (const call of session.invocations.values()) all.add(call);
    }
    return all;
  };
  const isQuiet = (): boolean => waiting() === 0 && running().size === 0;

  await until(SERVES_ALL, () => waiting() === 0 && first().size === 0);
  if (leftMs(1) > 0) {
    stopCallers(guests);
    await until(SERVES_CALLEES, () => {
      if (isQuiet()) return true;
      if (waiting() > 0) return false; // perhaps a session without procedures will have one
      for (const { guest, session } of stopCallers(guests)) if (isIdle(session)) end(guest);
      return false;
    });
    // It is quiet for the moment, or never will be while other nodes of a cluster go on calling: from here no call begins.
    stopCallees(guests);
    // Calls may be on the line: they are answered here. Otherwise their callers would think that they had reached a callee.
    const known = told();
    if (known) await within(clock, Math.max(0, leftMs(1)), known);
    await until(1, () => {
      stopCallees(guests);
      return isQuiet();
    });
  }
  return running().size;
}

interface Outsider<G> {
  readonly guest: G;
  readonly session: LiveSession;
  readonly realm: Procedures;
}

function* outside<G extends Guest>(guests: Iterable<G>): Iterable<Outsider<G>> {
  for (const guest of guests) {
    const { session, realm } = guest;
    if (session && realm && session.transport.kind !== 'memory') yield { guest, session, realm };
  }
}

function isIdle({ calls, invocations }: LiveSession): boolean {
  return calls.size === 0 && invocations.size === 0;
}

/** @returns Those that were stopped before. */
function stopCallers<G extends Guest>(guests: Iterable<G>): readonly Outsider<G>[] {
  const before: Outsider<G>[] = [];
  for (const each of outside(guests)) {
    const { session, realm } = each;
    if (realm.registrar.registrations.countOf(session) > 0) continue;
    if (session.isStopping) before.push(each);
    session.isStopping = true;
  }
  return before;
}

/** No more calls begin. Running ones are still answered. */
function stopCallees(guests: Iterable<Guest>): void {
  for (const { session, realm } of outside(guests)) {
    session.isStopping = true;
    for (const registration of [...realm.registrar.registrations.of(session)])
      session.do(realm.registrar.bury(session, registration));
  }
}
