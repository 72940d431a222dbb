/* Looks over all sessions of a router: how many there are of each kind, and which calls are running. */

import type { RouterStats, SessionGroup } from './inspect/router-stats.ts';
import type { Tally } from './limits/out-queue.ts';
import type { Realm } from './realm.ts';
import type { LiveSession } from './session/session.ts';
import type { CallIds } from './session/session-parts.ts';

export function census(sessions: Iterable<LiveSession>): readonly SessionGroup[] {
  const groups = new Map<string, { -readonly [member in keyof SessionGroup]: SessionGroup[member] }>();
  for (const { realm, authrole, transport, format, queuedBytes } of sessions) {
    const [kind, serializer] = [transport.kind, format?.name ?? 'other'];
    const key = JSON.stringify([realm, authrole, kind, serializer]);
    const group = groups.get(key);
    if (group) {
      group.sessions++;
      group.queuedBytes += queuedBytes;
      group.longestQueueBytes = Math.max(group.longestQueueBytes, queuedBytes);
    } else {
      groups.set(key, { realm, authrole, transport: kind, serializer, sessions: 1, queuedBytes, longestQueueBytes: queuedBytes });
    }
  }
  return [...groups.values()];
}

/** What there is now, over all realms. */
export function totals(realms: Iterable<Realm>): Omit<RouterStats, keyof Tally> {
  const all = { sessions: 0, subscriptions: 0, registrations: 0, calls: 0, queuedBytes: 0 };
  for (const { sessions, size } of realms) {
    all.sessions += sessions.size;
    all.subscriptions += size.subscriptions;
    all.registrations += size.registrations;
    all.calls += size.calls;
    all.queuedBytes += size.queuedBytes;
  }
  return all;
}

/** All calls of these sessions that run now. @returns A function that gives those that still run. */
export function runningCalls(callers: Iterable<LiveSession>): () => ReadonlySet<CallIds> {
  const running = new Map<CallIds, LiveSession>();
  for (const session of callers) for (const call of session.calls.values()) running.set(call, session);
  return () => {
    for (const [call, session] of running) if (session.isGone || session.calls.get(call.request) !== call) running.delete(call);
    return new Set(running.keys());
  };
}
