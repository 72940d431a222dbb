/*
 * WAMP "Registering", the callee's side: REGISTER and UNREGISTER, and whose endpoint an INVOCATION is for. What becomes of it is in
 * invocations.ts.
 */
import { elapsed } from '../../clock.ts';
import { asyncDispose } from '../../dispose.ts';
import { ConnectionLostError, ProtocolError, TimeoutError, type WampError } from '../../errors.ts';
import { Code, type Invocation, type Registered, type Unregistered } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { CLOSE_NORMAL } from '../../protocol/uris.ts';
import type { Dict, Id, Off, Uri } from '../../words.ts';
import type { RegisterOptions } from '../api/options.ts';
import type { Registration } from '../api/session-api.ts';
import { type Ending, ending } from '../core/ending.ts';
import { type Foreign, REGISTER, wireOptions } from '../core/local-options.ts';
import { unpack } from '../core/passthru.ts';
import { timeLeft } from '../core/repeat.ts';
import { type Settle, throwIfAborted } from '../core/requests.ts';
import { checkOwnUri, type Role } from '../core/role.ts';
import { WaitingRoom } from '../core/waiting-room.ts';
import { type AnyEndpoint, Invocations } from '../invocations/invocations.ts';
import { Departures } from './departures.ts';
import { revocation } from './revocation.ts';

/** Looks at a registration before anything is sent, and gives the options for the wire. @throws What is wrong with it. */
export function checkRegistration(
  procedure: string,
  endpoint: unknown,
  options: RegisterOptions | undefined,
  foreign?: Foreign,
): Dict {
  checkOwnUri(procedure, options?.match);
  if (typeof endpoint !== 'function')
    throw new TypeError(`expected the endpoint of ${procedure} to be a function, got ${typeof endpoint}`);
  return wireOptions(options, REGISTER, foreign);
}

interface Entry {
  readonly id: Id;
  readonly procedure: Uri;
  readonly endpoint: AnyEndpoint;
  readonly ending: Ending;
}

export class Callee {
  readonly invocations: Invocations;
  private readonly role: Role;
  /** Those that are being unregistered among them: until UNREGISTERED, calls that the router has sent before are served. */
  private readonly byId = new Map<Id, Entry>();
  /** Those that were ours: UNREGISTER is under way, or answered. */
  private readonly leaving: Departures;
  /**
   * By procedure: its REGISTER was given up, and the router has not answered. Whoever registers it meanwhile waits, until what may come of
   * that is given back; else it would be refused because of it.
   */
  private readonly vacating = new Map<string, WaitingRoom<void>>();

  constructor(role: Role) {
    this.role = role;
    this.invocations = new Invocations(role);
    this.leaving = new Departures(role, 'registration');
  }

  get active(): readonly Registration[] {
    return [...this.byId.values()].filter(({ ending }) => ending.isOpen).map((entry) => this.handle(entry));
  }

  /** @returns Gives it up before it is answered. What comes of it all the same goes to `settle`, to be given back. */
  register(settle: Settle<Registration>, procedure: string, endpoint: AnyEndpoint, options: RegisterOptions | undefined): Off {
    const { link, requests, clock } = this.role;
    const match: Match = options?.match ?? 'exact';
    const wire = checkRegistration(procedure, endpoint, options, this.role.foreign);
    throwIfAborted(options);
    const key = `${match} ${procedure}`;
    let isWanted = true;
    let isSent = false;
    const giveUp = (): void => {
      isWanted = false;
      if (isSent) this.vacate(key);
    };
    const asked: Settle<Id> = {
      resolve: (id) => {
        const entry: Entry = { id, procedure, endpoint, ending: ending() };
        this.byId.get(id)?.ending.end(undefined); // registered twice: the newer one has it
        this.byId.set(id, entry);
        settle.resolve(this.handle(entry));
      },
      reject: settle.reject,
      answered: (id) => {
        if (id !== undefined && !this.byId.has(id)) void this.release(id, procedure); // whoever wanted it gave up
        const room = this.vacating.get(key);
        this.vacating.delete(key);
        room?.admit();
      },
    };
    const send = (left: RegisterOptions | undefined): void => {
      link.send({ type: Code.REGISTER, request: requests.next, options: wire, procedure });
      requests.wait(Code.REGISTER, asked, left, giveUp);
      isSent = true;
    };
    const since = elapsed(clock);
    const room = this.vacating.get(key);
    if (!room) send(options);
    else
      room.wait({
        settle,
        options: options ?? {},
        enter: () => {
          if (isWanted && link.state === 'established') return send(timeLeft(clock, options, since));
          throw new ConnectionLostError(CLOSE_NORMAL, `${procedure} was given up`, { delivery: 'not-sent' });
        },
        late: (ms) => new TimeoutError(`no answer to REGISTER in ${ms} ms`),
      });
    return giveUp;
  }

  /** Runs inside the handling of REGISTERED: the next message of the same read may be an INVOCATION. */
  registered(message: Registered): void {
    this.role.requests.take(message.request, Code.REGISTER, message.type).resolve(message.registration);
  }

  unregistered(message: Unregistered): void {
    if (message.request === 0) return this.revoked(message.details ?? {});
    this.role.requests.take(message.request, Code.UNREGISTER, message.type).resolve(undefined);
  }

  /** WAMP "Registration Revocation": the router takes it away. What runs is still answered. */
  private revoked({ registration, reason }: Dict): void {
    const id = registration as Id;
    const entry = this.byId.get(id);
    if (entry || this.leaving.has(id)) this.leaving.forget(id);
    if (!entry) return;
    this.byId.delete(id);
    const text = `the router took the registration of ${entry.procedure} away`;
    entry.ending.end(revocation(reason, 'wamp.error.no_such_registration', text));
  }

  invocation(received: Invocation): void {
    const message = unpack(this.role, received);
    if (this.invocations.goesOn(message)) return;
    const { request, registration } = message;
    const entry = this.byId.get(registration);
    if (entry) return this.invocations.begin(message, entry);
    if (!this.leaving.has(registration))
      throw new ProtocolError(`got INVOCATION for registration ${registration}, which this session does not have`);
    // It was given up, so there is no endpoint. WAMP "Call Rerouting": this error lets the router ask another callee.
    this.invocations.refuse(request, 'wamp.error.unavailable', 'the procedure was unregistered');
  }

  end(error: WampError | undefined): void {
    for (const entry of this.byId.values()) entry.ending.end(error);
    this.byId.clear();
    this.invocations.end(error);
  }

  private vacate(key: string): void {
    if (!this.vacating.has(key)) this.vacating.set(key, new WaitingRoom(this.role.clock));
  }

  private handle(entry: Entry): Registration {
    const unregister = (): Promise<void> => {
      if (!entry.ending.isOpen) return Promise.resolve();
      entry.ending.end(undefined);
      return this.release(entry.id, entry.procedure);
    };
    return {
      id: entry.id,
      procedure: entry.procedure,
      get isActive() {
        return entry.ending.isOpen;
      },
      ended: entry.ending.ended,
      unregister,
      [asyncDispose]: unregister,
    };
  }

  private release(id: Id, procedure: Uri): Promise<void> {
    const entry = this.byId.get(id);
    return this.leaving.leave(
      id,
      procedure,
      (request) => ({ type: Code.UNREGISTER, request, registration: id }),
      () => {
        if (this.byId.get(id) === entry) this.byId.delete(id);
      },
    );
  }
}
