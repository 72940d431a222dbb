import type { Uri } from '../base/words.ts';
import type { RouterSession } from './session/router-session.ts';

export interface RouterEvents {
  /** After WELCOME. */
  join(session: RouterSession): void;
  /** `reason`: that of the GOODBYE or ABORT, of either side, or `wamp.error.network_failure`. */
  leave(session: RouterSession, reason: Uri): void;
}
