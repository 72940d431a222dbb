import type { Emitter } from '../../base/emitter.ts';
import { named, type Uri } from '../../base/words.ts';
import type { Watches } from '../inspect/watches.ts';
import type { RouterSession } from '../session/router-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { LogEntry } from '../turns/log.ts';

export interface RouterEvents {
  /** After WELCOME. */
  join(session: RouterSession): void;
  /** `reason`: that of the GOODBYE or ABORT, of either side, or `wamp.error.network_failure`. */
  leave(session: RouterSession, reason: Uri): void;
}

/** Sessions that come and go, for the log and for listeners. */
export function reporting(
  log: (entry: LogEntry) => void,
  events: Emitter<RouterEvents>,
  watches: Watches,
): { joined(session: LiveSession): void; left(session: LiveSession, reason: Uri): void } {
  return {
    joined: (session) => {
      log({ level: 'info', message: `${named(session.authid)} joined ${session.realm}`, session: session.id });
      watches.joined(session);
      events.emit('join', session);
    },
    left: (session, reason) => {
      log({ level: 'info', message: `${named(session.authid)} left ${session.realm}: ${reason}`, session: session.id });
      watches.left(session, reason);
      events.emit('leave', session, reason);
    },
  };
}
