/*
 * A procedure that somebody has already, after a reconnect: it may be our own former session, whose end the router has not noticed yet.
 * Then it is asked for again, with backoff; who honestly has it is reported.
 */
import { elapsed } from '../../clock.ts';
import { ApplicationError } from '../../errors.ts';
import type { Id, Uri } from '../../words.ts';
import type { Environment } from '../api/environment.ts';
import { SessionCore } from '../session/session.ts';

/** How long to believe in a ghost where the router does not tell who has the procedure. Routers notice a dead line within that time. */
const GHOST_MS = 120_000;
const MAX_DELAY_MS = 10_000;

export class Ghosts {
  /** The router said that the procedure is a ghost's. */
  isCertain = false;
  private readonly environment: Pick<Environment, 'clock' | 'random'>;
  private readonly procedure: Uri;
  private readonly match: string | undefined;
  /** Lost sessions that may have it still, as far as the router knows. */
  private formerly: readonly Id[] = [];
  private refusals = 0;
  private since = 0;
  private timer: unknown;

  constructor(environment: Pick<Environment, 'clock' | 'random'>, procedure: Uri, match: string | undefined) {
    this.environment = environment;
    this.procedure = procedure;
    this.match = match;
  }

  /** It was asked for in a session that is lost. */
  add(session: Id): void {
    this.formerly = [...this.formerly.slice(-9), session];
    this.isCertain = false;
  }

  /** The procedure is ours again, or not wanted any more. */
  clear(): void {
    this.environment.clock.clearTimeout(this.timer);
    this.formerly = [];
    this.refusals = 0;
    this.isCertain = false;
  }

  /**
   * Whether this refusal may be a ghost's doing. Then one of these is called later, unless it is not wanted by then.
   *
   * @param refuse - It is somebody else who has it.
   */
  mayBe(
    error: unknown,
    session: SessionCore,
    isWanted: () => boolean,
    again: () => void,
    refuse: () => void,
  ): error is ApplicationError {
    const isTaken = error instanceof ApplicationError && error.uri === 'wamp.error.procedure_already_exists';
    if (!isTaken || this.formerly.length === 0) return false;
    const { clock, random } = this.environment;
    if (this.refusals++ === 0) this.since = elapsed(clock);
    void this.isOurs(session).then((isOurs) => {
      if (!isWanted()) return;
      if (isOurs === false || (!isOurs && elapsed(clock) - this.since > GHOST_MS)) return refuse();
      this.isCertain = isOurs === true;
      const delayMs = random() * Math.min(MAX_DELAY_MS, 500 * 2 ** this.refusals);
      this.timer = clock.setTimeout(() => isWanted() && again(), delayMs);
    });
    return true;
  }

  /** Undefined: the router does not say (WAMP "Registration Meta Procedures"). */
  private async isOurs(session: SessionCore): Promise<boolean | undefined> {
    const options = { timeoutMs: 5000 };
    const ask = SessionCore.prototype.call; // not a call of the user's: no middleware
    try {
      const asked = [this.procedure, { match: this.match ?? 'exact' }];
      const registration = await ask.call(session, 'wamp.registration.lookup', asked, null, options);
      const callees = await ask.call(session, 'wamp.registration.list_callees', [registration], null, options);
      return Array.isArray(callees) ? callees.some((id) => this.formerly.includes(id)) : undefined;
    } catch {
      return undefined; // not allowed to ask, no such procedures, or nobody has it by now
    }
  }
}
