import { makeDisposable } from '../dispose.ts';
import type { Connection } from './connection.ts';
import type { ApiShape, KnownUri, ProceduresOf, SpecOf } from './contract.ts';
import type { DurableRegistration } from './durable.ts';
import type { AnyEndpoint } from './invocations.ts';
import { askedFor } from './told.ts';
import type { EndpointOf, RegisterOptions } from './verbs.ts';

/** Procedures and who answers them. */
export type Endpoints<Api> = {
  readonly [P in KnownUri<ProceduresOf<Api>>]?: EndpointOf<SpecOf<ProceduresOf<Api>, P>>;
};

export interface RegistrationGroup extends Disposable, AsyncDisposable {
  /** In the order of the endpoints. */
  readonly registrations: readonly DurableRegistration[];
  /**
   * Resolves when all are active; rejects when the router refuses one, or one is closed first. Ignoring it is fine: an unobserved refusal goes
   * to `connection.on('error')`.
   */
  readonly ready: Promise<void>;
  unregister(): Promise<void>;
}

/** Contracts are types only. */
interface Registers {
  register(procedure: string, endpoint: AnyEndpoint, options: RegisterOptions | undefined): DurableRegistration;
}

/**
 * Registers all of them, now and after every reconnect, with the same options.
 *
 * @example
 * const endpoints = registerAll(connection, {
 *   'com.example.add': ([a, b]: [number, number]) => a + b,
 *   'com.example.time': () => new Date().toISOString(),
 * });
 * await endpoints.ready;
 */
export function registerAll<Api extends ApiShape>(
  connection: Connection<Api>,
  endpoints: Endpoints<Api>,
  options?: RegisterOptions,
): RegistrationGroup {
  return new Group(
    connection as unknown as Registers,
    endpoints as { readonly [procedure: string]: AnyEndpoint | undefined },
    options,
  );
}

class Group implements RegistrationGroup {
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly registrations: readonly DurableRegistration[];

  constructor(
    connection: Registers,
    endpoints: { readonly [procedure: string]: AnyEndpoint | undefined },
    options: RegisterOptions | undefined,
  ) {
    makeDisposable(this, () => this.unregister(), true);
    const registrations: DurableRegistration[] = [];
    for (const procedure of Object.keys(endpoints)) {
      const endpoint = endpoints[procedure];
      if (endpoint !== undefined) registrations.push(connection.register(procedure, endpoint, options));
    }
    this.registrations = registrations;
  }

  // When it is asked for: a refusal that nobody waits for is told to `on('error')`.
  get ready(): Promise<void> {
    const ready = Promise.all(this.registrations.map((registration) => registration.ready)).then(() => {});
    ready.catch(() => {});
    return ready;
  }

  unregister(): Promise<void> {
    const all = this.registrations.map((registration) => registration.unregister());
    // Where nobody awaits this one, nobody has awaited those.
    return askedFor(() => Promise.all(all).then(() => {}));
  }
}
