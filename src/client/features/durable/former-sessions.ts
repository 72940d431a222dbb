/*
 * A procedure that is taken after a reconnect: our own former session may have it, whose end the router has not noticed yet. Then it is
 * asked for again, with backoff; if somebody else has it, that is reported.
 */
import { elapsed } from '../../../base/clock.ts';
import { ApplicationError } from '../../../base/errors.ts';
import type { Id, Uri } from '../../../base/words.ts';
import type { Answered, Feature, HandlePart, Kernel, KernelSession } from '../../kernel/kernel.ts';

/** How long a former session may have it where the router does not tell. Routers notice a dead connection within that time. */
const FORMER_MS = 120_000;
const MAX_DELAY_MS = 10_000;

export const formerSessions: Feature = {
  name: 'formerSessions',
  install(kernel) {
    kernel.handleParts.push((kind, procedure, { match }) =>
      kind === 'registration' ? waitForFormer(kernel, procedure, match) : undefined,
    );
  },
};

function waitForFormer({ clock, random }: Kernel, procedure: Uri, match: unknown): HandlePart {
  /** Lost sessions that may have it still, as far as the router knows. */
  let formerly: readonly Id[] = [];
  let askedIn: Id | undefined;
  /** The router said that a former session has it. */
  let isCertain = false;
  let refusals = 0;
  let since = 0;
  let timer: unknown;

  const clear = (): void => {
    clock.clearTimeout(timer);
    formerly = [];
    refusals = 0;
    isCertain = false;
  };

  /** Undefined: the router does not say (WAMP "Registration Meta Procedures"). */
  const isFormer = async ({ raw }: KernelSession): Promise<boolean | undefined> => {
    const first = ({ args }: Answered): unknown => args?.[0];
    const ask = (what: string, args: readonly unknown[]): Promise<unknown> =>
      raw.call(first, `wamp.registration.${what}`, args, null, { timeoutMs: 5000 });
    try {
      const callees = await ask('list_callees', [await ask('lookup', [procedure, { match: match ?? 'exact' }])]);
      return Array.isArray(callees) ? callees.some((id) => formerly.includes(id)) : undefined;
    } catch {
      return undefined; // not allowed to ask, no such procedures, or nobody has it by now
    }
  };

  return {
    asked({ id }) {
      askedIn = id;
      // Crossbar.io: takes it from our former session, and from nobody else.
      return isCertain ? { force_reregister: true } : undefined;
    },
    active: clear,
    closed: clear,
    lost() {
      if (askedIn === undefined) return;
      formerly = [...formerly.slice(-9), askedIn];
      askedIn = undefined;
      isCertain = false;
    },
    refused(error, session, isWanted, again, refuse) {
      const isTaken = error instanceof ApplicationError && error.uri === 'wamp.error.procedure_already_exists';
      if (!isTaken || formerly.length === 0) return false;
      if (refusals++ === 0) since = elapsed(clock);
      void isFormer(session).then((isOurs) => {
        if (!isWanted()) return;
        if (isOurs === false || (!isOurs && elapsed(clock) - since > FORMER_MS)) return refuse();
        isCertain = isOurs === true;
        const delayMs = random() * Math.min(MAX_DELAY_MS, 500 * 2 ** refusals);
        timer = clock.setTimeout(() => isWanted() && again(), delayMs);
      });
      return true;
    },
  };
}
