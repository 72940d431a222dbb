/*
 * WAMP "Registering", "Calling and Invocations", the callee's side: REGISTER, and for each INVOCATION exactly one YIELD or ERROR.
 */
import { asyncDispose } from '../dispose.ts';
import { ApplicationError, ConnectionLostError, messageOf, ProtocolError, SerializationError, type WampError } from '../errors.ts';
import { Code, type Interrupt, type Invocation, type Payload, type Registered, type Unregistered } from '../protocol/messages.ts';
import { isUri, type Match } from '../protocol/uri.ts';
import { CLOSE_NORMAL, RUNTIME_ERROR } from '../protocol/uris.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { type Ending, ending } from './ending.ts';
import { wireOptions } from './local-options.ts';
import { promised, type Settle, throwIfAborted } from './requests.ts';
import { toPayload } from './result.ts';
import { checkOwnUri, type Role } from './role.ts';
import { Details, Run } from './run.ts';
import type { Registration } from './session-api.ts';
import { isThenable } from './subscriber.ts';
import type { RegisterOptions } from './verbs.ts';

const OURS = ['signal', 'timeoutMs'];

/** A user's endpoint as it is called: contracts are types only. */
export type AnyEndpoint = (args: never, kwargs: never, details: never) => unknown;

interface Entry {
  readonly id: Id;
  readonly procedure: Uri;
  readonly endpoint: AnyEndpoint;
  readonly ending: Ending;
}

export class Callee {
  private readonly role: Role;
  private readonly byId = new Map<Id, Entry>();
  /** UNREGISTER is under way: an INVOCATION may still come. */
  private readonly leaving = new Set<Id>();
  /** Invocations that are not answered yet. */
  private readonly running = new Map<Id, Run>();

  constructor(role: Role) {
    this.role = role;
  }

  get active(): readonly Registration[] {
    return [...this.byId.values()].map((entry) => this.handle(entry));
  }

  register(settle: Settle<Registration>, procedure: string, endpoint: AnyEndpoint, options: RegisterOptions | undefined): void {
    const { link, requests } = this.role;
    const match: Match = options?.match ?? 'exact';
    checkOwnUri(procedure, match);
    if (typeof endpoint !== 'function')
      throw new TypeError(`expected the endpoint of ${procedure} to be a function, got ${typeof endpoint}`);
    const wire = wireOptions(options, OURS, 'register');
    throwIfAborted(options);
    link.send({ type: Code.REGISTER, request: requests.next, options: wire, procedure });
    const asked: Settle<Id> = {
      resolve: (id) => {
        const entry: Entry = { id, procedure, endpoint, ending: ending() };
        this.byId.get(id)?.ending.end(undefined); // registered twice: the newer one has it
        this.byId.set(id, entry);
        settle.resolve(this.handle(entry));
      },
      reject: settle.reject,
      answered: (id) => {
        if (id !== undefined && !this.byId.has(id)) this.release(id).catch(() => {}); // whoever wanted it gave up
      },
    };
    requests.wait(Code.REGISTER, asked, options);
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
    const entry = this.byId.get(registration as Id);
    if (!entry) return;
    this.byId.delete(entry.id);
    const text = `the router took the registration of ${entry.procedure} away`;
    entry.ending.end(new ApplicationError(typeof reason === 'string' ? reason : 'wamp.error.no_such_registration', [text]));
  }

  invocation(message: Invocation): void {
    const { request, registration } = message;
    if (this.running.has(request)) throw new ProtocolError(`got INVOCATION ${request}, which is running already`);
    const entry = this.byId.get(registration);
    if (entry === undefined) {
      if (!this.leaving.has(registration)) {
        throw new ProtocolError(`got INVOCATION for registration ${registration}, which this session does not have`);
      }
      return this.error(request, 'wamp.error.no_such_registration', { args: ['the procedure is being unregistered'] });
    }
    const procedure = (message.details.procedure as Uri | undefined) ?? entry.procedure;
    const run = new Run(request, procedure);
    this.running.set(request, run);
    const details = new Details(message.details, registration, run, this.progress);
    try {
      const outcome = entry.endpoint((message.args ?? []) as never, (message.kwargs ?? {}) as never, details as never);
      if (isThenable(outcome)) {
        outcome.then(
          (value) => this.yield(run, value),
          (thrown: unknown) => this.fail(run, thrown),
        );
      } else {
        this.yield(run, outcome);
      }
    } catch (thrown) {
      this.fail(run, thrown);
    }
  }

  /** WAMP "Call Canceling": with `kill` the endpoint still answers, with `killnowait` nobody waits for it. */
  interrupt({ request, options }: Interrupt): void {
    const run = this.running.get(request);
    if (!run) return; // it crossed our answer
    if (options.mode !== 'kill') this.running.delete(request);
    const reason = typeof options.reason === 'string' && isUri(options.reason) ? options.reason : 'wamp.error.canceled';
    run.stop(new ApplicationError(reason, ['the call was canceled']));
  }

  end(error: WampError | undefined): void {
    for (const entry of this.byId.values()) entry.ending.end(error);
    this.byId.clear();
    const lost = error ?? new ConnectionLostError(CLOSE_NORMAL, 'the session was left');
    const runs = [...this.running.values()];
    this.running.clear();
    for (const run of runs) run.stop(lost);
  }

  /** @throws SerializationError, to the endpoint: it may answer something else. */
  private readonly progress = (run: Run, value: unknown): boolean => {
    if (this.running.get(run.request) !== run || run.stopped) return false;
    this.role.link.send({ type: Code.YIELD, request: run.request, options: { progress: true }, ...toPayload(value) });
    return true;
  };

  private yield(run: Run, value: unknown): void {
    if (this.running.get(run.request) !== run) return; // the session has ended, or nobody waits any more
    try {
      this.role.link.send({ type: Code.YIELD, request: run.request, options: {}, ...toPayload(value) });
      this.running.delete(run.request);
    } catch (thrown) {
      this.fail(run, thrown);
    }
  }

  /** What an endpoint threw, as ERROR: URI and payload where it has them, else its message. Its stack stays here. */
  private fail(run: Run, given: unknown): void {
    const { request, procedure } = run;
    if (this.running.get(request) !== run) return;
    this.running.delete(request);
    let thrown = given;
    let uri = RUNTIME_ERROR;
    try {
      thrown = run.answerFor(given);
      const known = knownError(thrown);
      if (!known || thrown instanceof SerializationError) this.role.report(thrown, 'invocation', procedure);
      uri = known?.uri ?? uri;
      this.error(request, uri, known ?? { args: [messageOf(thrown)] });
    } catch (unfit) {
      // It cannot be read, or its payload not be encoded: URI and message still tell what happened.
      this.role.report(unfit, 'invocation', procedure);
      this.error(request, uri, { args: [messageOf(thrown)] });
    }
  }

  private error(request: Id, error: Uri, { args, kwargs }: Payload): void {
    this.role.link.send({ type: Code.ERROR, requestType: Code.INVOCATION, request, details: {}, error, args, kwargs });
  }

  private handle(entry: Entry): Registration {
    const unregister = (): Promise<void> => {
      if (!entry.ending.isOpen) return Promise.resolve();
      entry.ending.end(undefined);
      return this.release(entry.id);
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

  private release(id: Id): Promise<void> {
    const { link, requests } = this.role;
    this.byId.delete(id);
    if (link.state !== 'established') return Promise.resolve();
    this.leaving.add(id);
    return promised<void>((settle) => {
      link.send({ type: Code.UNREGISTER, request: requests.next, registration: id });
      const answered = (): unknown => this.leaving.delete(id);
      requests.wait<void>(Code.UNREGISTER, { ...settle, answered }, undefined);
    });
  }
}

/** An error that says its URI: ours, or one of another copy of this package, known by its shape. */
function knownError(thrown: unknown): (Payload & { readonly uri: Uri }) | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('uri' in thrown)) return undefined;
  const { uri } = thrown;
  if (typeof uri !== 'string' || !isUri(uri)) return undefined;
  const args = 'args' in thrown && Array.isArray(thrown.args) ? (thrown.args as readonly unknown[]) : undefined;
  const kwargs =
    'kwargs' in thrown && typeof thrown.kwargs === 'object' && thrown.kwargs !== null ? (thrown.kwargs as Dict) : undefined;
  return args ? { uri, args, kwargs } : { uri, args: [messageOf(thrown)] };
}
