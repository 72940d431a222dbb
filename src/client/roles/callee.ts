/*
 * WAMP "Registering", the callee's side: REGISTER and UNREGISTER, and whose endpoint an INVOCATION is for. What becomes of it is in
 * invocations.ts.
 */
import { elapsed } from '../../base/clock.ts';
import { asyncDispose } from '../../base/dispose.ts';
import { ConnectionLostError, ProtocolError, TimeoutError, type WampError } from '../../base/errors.ts';
import type { Id, Off, Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import { CLOSE_NORMAL } from '../../protocol/uris.ts';
import type { RegisterOptions } from '../api/options.ts';
import type { Registration } from '../api/session-api.ts';
import type { AnyEndpoint } from '../kernel/callbacks.ts';
import { type Ending, ending } from '../kernel/ending.ts';
import { type Settle, throwIfAborted } from '../kernel/settle.ts';
import { timeLeft } from '../kernel/time-left.ts';
import { type WaitingRoom, waitingRoom } from '../kernel/waiting-room.ts';
import type { Handlers, SessionContext } from './context.ts';
import { createDepartures } from './departures.ts';
import { createInvocations, type Invocations } from './invocations.ts';
import { unpack } from './packing.ts';
import { revocation } from './revocation.ts';

interface Entry {
  readonly id: Id;
  readonly procedure: Uri;
  readonly endpoint: AnyEndpoint;
  readonly ending: Ending;
}

export interface Callee {
  readonly invocations: Invocations;
  readonly active: readonly Registration[];
  /** @returns Gives it up before it is answered. What comes of it all the same goes to `settle`, to be given back. */
  register(settle: Settle<Registration>, procedure: string, endpoint: AnyEndpoint, options: RegisterOptions | undefined): Off;
  /** The session has ended. Undefined: by our own `leave()`. */
  end(error: WampError | undefined): void;
  readonly handlers: Pick<
    Handlers,
    typeof Code.REGISTERED | typeof Code.UNREGISTERED | typeof Code.INVOCATION | typeof Code.INTERRUPT
  >;
}

export function createCallee(context: SessionContext): Callee {
  const { kernel, link, requests } = context;
  const { clock } = kernel;
  const invocations = createInvocations(context);
  /** Those that are being unregistered among them: until UNREGISTERED, calls that the router has sent before are served. */
  const byId = new Map<Id, Entry>();
  /** Those that this session had: UNREGISTER was sent, or is answered. */
  const departures = createDepartures(context, 'registration');
  /**
   * By procedure: its REGISTER was given up, and the router has not answered. A further REGISTER of it waits, until what may come of
   * that is given back; else it would be refused because of it.
   */
  const vacating = new Map<string, WaitingRoom<void>>();

  const release = (id: Id, procedure: Uri): Promise<void> => {
    const entry = byId.get(id);
    return departures.leave(id, procedure, () => {
      if (byId.get(id) === entry) byId.delete(id);
    });
  };

  const handleOf = ({ id, procedure, ending }: Entry): Registration => {
    const unregister = (): Promise<void> => {
      if (!ending.isOpen) return Promise.resolve();
      ending.end(undefined);
      return release(id, procedure);
    };
    return {
      id,
      procedure,
      get isActive() {
        return ending.isOpen;
      },
      ended: ending.ended,
      unregister,
      [asyncDispose]: unregister,
    };
  };

  return {
    invocations,
    get active() {
      return [...byId.values()].filter(({ ending }) => ending.isOpen).map(handleOf);
    },

    register(settle, procedure, endpoint, options) {
      const wire = kernel.fit.register(procedure, endpoint, options);
      throwIfAborted(options);
      const key = `${options?.match ?? 'exact'} ${procedure}`;
      let isWanted = true;
      let isSent = false;
      const giveUp = (): void => {
        isWanted = false;
        if (isSent && !vacating.has(key)) vacating.set(key, waitingRoom(clock));
      };
      const asked: Settle<Id> = {
        resolve(id) {
          const entry: Entry = { id, procedure, endpoint, ending: ending() };
          byId.get(id)?.ending.end(undefined); // registered twice: the newer one has it
          byId.set(id, entry);
          settle.resolve(handleOf(entry));
        },
        reject: settle.reject,
        answered(id) {
          if (id !== undefined && !byId.has(id)) void release(id, procedure); // it was given up
          const room = vacating.get(key);
          vacating.delete(key);
          room?.admit();
        },
      };
      const send = (left: RegisterOptions | undefined): void => {
        link.send({ type: Code.REGISTER, request: requests.next, options: wire, procedure });
        requests.wait(Code.REGISTER, asked, left, giveUp);
        isSent = true;
      };
      const since = elapsed(clock);
      const room = vacating.get(key);
      if (!room) send(options);
      else
        room.wait({
          settle,
          options: options ?? {},
          enter() {
            if (isWanted && link.state === 'established') return send(timeLeft(clock, options, since));
            throw new ConnectionLostError(CLOSE_NORMAL, `${procedure} was given up`, { delivery: 'not-sent' });
          },
          late: (ms) => new TimeoutError(`no answer to REGISTER in ${ms} ms`),
        });
      return giveUp;
    },

    end(error) {
      for (const entry of byId.values()) entry.ending.end(error);
      byId.clear();
      invocations.end(error);
    },

    handlers: {
      /** Settles inside the handling of REGISTERED: the next message of the same read may be an INVOCATION. */
      [Code.REGISTERED](message) {
        requests.take(message.request, Code.REGISTER, message.type).resolve(message.registration);
      },

      [Code.UNREGISTERED]({ type, request, details }) {
        if (request !== 0) return requests.take(request, Code.UNREGISTER, type).resolve(undefined);
        // WAMP "Registration Revocation": the router takes it away. What runs is still answered.
        const id = details?.registration ?? 0;
        const entry = byId.get(id);
        if (entry || departures.has(id)) departures.forget(id);
        if (!entry) return;
        byId.delete(id);
        const text = `the router took the registration of ${entry.procedure} away`;
        entry.ending.end(revocation(details?.reason, 'wamp.error.no_such_registration', text));
      },

      [Code.INVOCATION](received) {
        const message = unpack(kernel, received);
        if (invocations.goesOn(message)) return;
        const { request, registration } = message;
        const entry = byId.get(registration);
        if (entry) return invocations.begin(message, entry);
        if (!departures.has(registration))
          throw new ProtocolError(`got INVOCATION for registration ${registration}, which this session does not have`);
        // It was given up, so there is no endpoint. WAMP "Call Rerouting": this error lets the router ask another callee.
        invocations.refuse(request, 'wamp.error.unavailable', 'the procedure was unregistered');
      },

      [Code.INTERRUPT]: invocations.interrupt,
    },
  };
}
