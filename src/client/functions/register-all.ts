import { makeDisposable } from '../../base/dispose.ts';
import { checkGiven } from '../../base/given.ts';
import type { ApiShape, KnownUri, ProceduresOf, SpecOf } from '../api/contract.ts';
import type { DurableRegistration } from '../api/handles.ts';
import type { RegisterOptions } from '../api/options.ts';
import type { EndpointOf } from '../api/verbs.ts';
import type { Connection } from '../connection.ts';
import { askedFor } from '../kernel/told.ts';
import type { Registering } from './peers.ts';

/** Procedures and who answers them. */
export type Endpoints<Api> = {
  readonly [P in KnownUri<ProceduresOf<Api>>]?: EndpointOf<SpecOf<ProceduresOf<Api>, P>>;
};

export interface RegistrationGroup extends Disposable, AsyncDisposable {
  /** In the order of the endpoints. */
  readonly registrations: readonly DurableRegistration[];
  /**
   * Resolves when all are active; rejects when the router refuses one, or one is closed first. Then none of them stays: the others are
   * unregistered. Ignoring it is fine: an unobserved refusal goes to `connection.on('error')`.
   */
  readonly ready: Promise<void>;
  unregister(): Promise<void>;
}

/** Contracts are types only. */
interface Registers {
  register(...given: readonly unknown[]): DurableRegistration;
}

/**
 * Registers all of them, now and after every reconnect, with the same options: all or none. Once all were active, each goes on by itself.
 *
 * @throws TypeError for anything but a connection, and anything but an object of functions; then nothing is registered.
 * @example
 * const endpoints = registerAll(connection, {
 *   'com.example.add': ([a, b]: [number, number]) => a + b,
 *   'com.example.time': () => new Date().toISOString(),
 * });
 * await endpoints.ready;
 */
export function registerAll<Api extends ApiShape>(
  connection: Connection<Api> | Registering<Api>,
  endpoints: Endpoints<Api>,
  options?: RegisterOptions,
): RegistrationGroup {
  return new Group(connection, endpoints, options);
}

class Group implements RegistrationGroup {
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly registrations: readonly DurableRegistration[];
  /** What the router refused, or was closed, before all were active. */
  private refused: DurableRegistration | undefined;
  private isWhole = false;

  constructor(connection: Registers, endpoints: { readonly [procedure: string]: unknown }, options: RegisterOptions | undefined) {
    makeDisposable(this, () => this.unregister(), true);
    const registrations: DurableRegistration[] = [];
    checkGiven('registerAll of a connection', connection, 'reconnect');
    checkGiven('registerAll of a connection', connection, 'register');
    checkGiven('endpoints of registerAll to be an object of functions', endpoints);
    const procedures = Object.keys(endpoints).filter((procedure) => endpoints[procedure] !== undefined);
    for (const procedure of procedures) checkGiven(`the endpoint of ${procedure} to be a function`, endpoints[procedure], 'call');
    for (const procedure of procedures) registrations.push(connection.register(procedure, endpoints[procedure], options));
    this.registrations = registrations;
    for (const registration of registrations) registration.on('state', () => this.moved(registration));
    for (const registration of registrations) this.moved(registration);
  }

  /** All or none, until all were active. */
  private moved(registration: DurableRegistration): void {
    this.isWhole ||= this.registrations.every(({ state }) => state === 'active');
    if (this.isWhole || this.refused || registration.state !== 'closed' || !registration.error) return;
    this.refused = registration;
    // A moment later: who awaits `ready` hears of this one first.
    void Promise.resolve().then(() => {
      for (const each of this.registrations) if (each.state !== 'closed') void each.unregister();
    });
  }

  // When it is asked for: a refusal that nobody waits for is told to `on('error')`.
  get ready(): Promise<void> {
    const { refused, registrations } = this;
    const ready = Promise.all((refused ? [refused] : registrations).map((registration) => registration.ready)).then(() => {});
    ready.catch(() => {});
    return ready;
  }

  unregister(): Promise<void> {
    const all = this.registrations.map((registration) => registration.unregister());
    // Where nobody awaits this one, nobody has awaited those.
    return askedFor(() => Promise.all(all).then(() => {}));
  }
}
