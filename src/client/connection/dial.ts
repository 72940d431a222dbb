/*
 * One attempt to get a session: where to, dial, log in, join. It ends once: with a session, a failure, or because it was given up; what was
 * awaited meanwhile is compared with that before anything is believed.
 */
import { type Attempt, begin, type Offer } from '../../auth/credentials.ts';
import { asList, show } from '../../base/checks.ts';
import { FatalError, messageOf, TimeoutError, TransportError, WampError } from '../../base/errors.ts';
import { isThenable } from '../../base/words.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { asJoinError, Join } from '../session/join.ts';
import type { SessionCore } from '../session/session.ts';
import { checkCredentials } from './connection-checks.ts';
import { connectorFor } from './target.ts';

const JOIN_TIMEOUT_MS = 15_000;

export interface DialEvents {
  /** Goes there now; '' while a function is asked where. */
  dialing(url: string): void;
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore, url: string): void;
  /** Once, and not after `joined`. */
  failed(error: WampError): void;
}

export interface Dial {
  /** How many addresses there are to choose from. */
  readonly targets: number;
  /** The secret comes from a function. */
  readonly isAsked: boolean;
  start(): void;
  giveUp(why: WampError): void;
}

/** `isHasty`: the two attempts before this one failed within a millisecond. */
type About = Pick<Attempt, 'number' | 'previous'> & { readonly isHasty?: boolean };

export function createDial(kernel: Kernel, { isHasty, ...about }: About, events: DialEvents): Dial {
  const { options, clock } = kernel;
  const { joinTimeoutMs = JOIN_TIMEOUT_MS, serializers = [] } = options;
  const controller = new AbortController();
  const { signal } = controller;
  /** Not kept afterwards: it knows the error before, whose frames may know the attempt before, and so on back to the first. */
  let attempt: Attempt | undefined = { ...about, signal };
  /** From HELLO on. */
  let join: Join | undefined;
  let isOver = false;

  const end = (): void => {
    isOver = true;
    attempt = undefined;
    clock.clearTimeout(timer);
  };
  const giveUp = (why: WampError): void => {
    if (isOver) return;
    end();
    controller.abort(why);
    join?.giveUp(why);
  };
  const fail = (error: WampError): void => {
    if (isOver) return;
    giveUp(error);
    events.failed(error);
  };
  const timer = clock.setTimeout(() => fail(new TimeoutError(`no session in ${joinTimeoutMs} ms (joinTimeoutMs)`)), joinTimeoutMs);

  const offerOf = async (attempt: Attempt): Promise<Offer> => {
    const { auth } = options;
    try {
      const credentials = asList(typeof auth === 'function' ? await auth(attempt) : (auth ?? []));
      credentials.forEach(checkCredentials);
      dial.isAsked = typeof auth === 'function' || credentials.some(({ isAsked }) => isAsked === true);
      return await begin(credentials, attempt);
    } catch (thrown) {
      throw thrown instanceof WampError ? thrown : asJoinError(thrown, 'the login failed');
    }
  };

  const connect = async (attempt: Attempt): Promise<void> => {
    let { url } = options;
    if (typeof url === 'function') {
      events.dialing('');
      url = await url(attempt);
    }
    if (signal.aborted) return;
    dial.targets = Array.isArray(url) ? url.length : 1;
    const connector = connectorFor(url, attempt.number, options.environment?.WebSocket);
    events.dialing(connector.name);
    // First the event loop turns: a program may ask for an attempt whenever one has failed, and must not keep everything else waiting.
    if (isHasty) await new Promise<void>((resolve) => void clock.setTimeout(resolve, 0));
    if (signal.aborted) return; // a listener of `status` may have closed the connection
    const connected: unknown = connector.connect({ serializers, signal });
    const transport: unknown = isThenable(connected) ? await connected : connected;
    if (!isTransport(transport))
      throw new FatalError(`expected connect of ${connector.name} to give a Transport, got ${show(transport)}`);
    if (signal.aborted) return transport.close();
    try {
      const offer = await offerOf(attempt);
      if (signal.aborted) return transport.close();
      join = new Join(kernel, transport, offer, {
        joined(session) {
          end();
          events.joined(session, connector.name);
        },
        failed: fail,
      });
      join.start();
    } catch (error) {
      transport.close(); // nobody else knows of this transport yet
      throw error;
    }
  };

  const dial = {
    targets: 1,
    isAsked: false,
    start() {
      if (attempt) connect(attempt).catch((error: unknown) => fail(asWampError(error)));
    },
    giveUp,
  };
  return dial;
}

function isTransport(given: unknown): given is Transport {
  return ['start', 'send', 'close'].every((method) => typeof Object(given)[method] === 'function');
}

/** What user code threw while a session was made: a `FatalError` is final, all else may go better next time. */
export function asWampError(thrown: unknown): WampError {
  return thrown instanceof WampError ? thrown : new TransportError(`cannot connect: ${messageOf(thrown)}`, { cause: thrown });
}
