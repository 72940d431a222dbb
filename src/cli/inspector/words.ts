/* What the inspector's page asks for, beside what `router/` defines itself. The page has these types, and nothing else of cli/. */
import type { Dict, Id, Uri } from '../../base/words.ts';

/** The realm of the inspector's own router. No client of the inspected router is in it. */
export const INSPECT_REALM = 'inspect';
/** The only user there. */
export const INSPECTOR = 'inspector';

export const names = {
  /** No argument. Returns {@link InspectedRealm}s. */
  realms: 'autostrada.inspect.realms',
  /** Takes {@link Kill}. Returns whether there was such a session. */
  kill: 'autostrada.session.kill',
  /** Takes {@link TryCall}. Sends {@link Tried} for each progressive result, and returns one. Cancel it to cancel the call. */
  call: 'autostrada.try.call',
  /** Takes {@link TryPublish}. Returns {@link Tried}. */
  publish: 'autostrada.try.publish',
  /** Takes {@link TrySubscribe}. Sends {@link TriedEvent} for each event until it is canceled. The first news, without an event, says that it is subscribed. */
  subscribe: 'autostrada.try.subscribe',
} as const;

export interface InspectedRealm {
  readonly name: Uri;
  /** Empty: the realm is open to anybody. */
  readonly authroles: readonly string[];
}

export interface Kill {
  readonly realm: Uri;
  readonly session: Id;
  /** Default `wamp.close.killed`. */
  readonly reason?: Uri | undefined;
  readonly message?: string | undefined;
}

/** As whom something is tried. */
export interface TryAs {
  readonly realm: Uri;
  /** Default: one that may do everything. */
  readonly authrole?: string | undefined;
  /** Default `inspector`. */
  readonly authid?: string | undefined;
}

export interface TryCall extends TryAs {
  readonly uri: Uri;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Dict | undefined;
  /** In milliseconds. Default 0: no limit. */
  readonly timeoutMs?: number | undefined;
}

export interface TryPublish extends TryAs {
  readonly uri: Uri;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Dict | undefined;
  /** Default false. */
  readonly retain?: boolean | undefined;
}

export interface TrySubscribe extends TryAs {
  readonly uri: Uri;
  /** Default `exact`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard' | undefined;
  /** Whether the retained events come first. Default false. */
  readonly retained?: boolean | undefined;
}

/** What came of it. */
export interface Tried {
  /** Null: it went well. */
  readonly error: Uri | null;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  /** From the request to this, in milliseconds, without the way to the page. */
  readonly afterMs: number;
}

export interface TriedEvent {
  readonly topic: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly isRetained: boolean;
}
