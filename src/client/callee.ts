/*
 * WAMP "Registering", "Calling and Invocations", the callee's side: REGISTER, and for each INVOCATION exactly one YIELD or ERROR.
 */
import { asyncDispose } from '../dispose.ts';
import { ApplicationError, ConnectionLostError, messageOf, ProtocolError, SerializationError, type WampError } from '../errors.ts';
import { hasKeys } from '../protocol/codec.ts';
import { Code, type Interrupt, type Invocation, type Registered, type Unregistered } from '../protocol/messages.ts';
import { isUri, type Match } from '../protocol/uri.ts';
import { CLOSE_NORMAL, PAYLOAD_SIZE_EXCEEDED, RUNTIME_ERROR } from '../protocol/uris.ts';
import { type Dict, type Id, isThenable, type Uri } from '../words.ts';
import { type Ending, ending } from './ending.ts';
import { FurtherInputs } from './further-inputs.ts';
import { type Generator, generate, isGenerator } from './generate.ts';
import { wireOptions } from './local-options.ts';
import type { InvocationContext } from './middleware.ts';
import { Pace } from './pace.ts';
import { packAnswer, type Unpacked, unpack } from './passthru.ts';
import type { InvocationDetails } from './payload.ts';
import { promised, type Settle, throwIfAborted } from './requests.ts';
import { type Answer, Result, toPayload, toValue } from './result.ts';
import { revocation } from './revocation.ts';
import { checkOwnUri, type Role } from './role.ts';
import { Details, Run } from './run.ts';
import type { Registration } from './session-api.ts';
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
  /** An invocation is answered, or nobody waits for its answer. */
  onAnswer: (() => void) | undefined;
  /** The id of the last new one. */
  private last: Id = 0;

  constructor(role: Role) {
    this.role = role;
  }

  /** How many invocations are not answered yet. */
  get runs(): number {
    return this.running.size;
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
    const id = registration as Id;
    this.leaving.delete(id);
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    const text = `the router took the registration of ${entry.procedure} away`;
    entry.ending.end(revocation(reason, 'wamp.error.no_such_registration', text));
  }

  invocation(received: Invocation): void {
    const message = unpack(this.role, received);
    const { request, registration } = message;
    const running = this.running.get(request);
    if (running) return this.further(running, message);
    // WAMP "Progressive Call Invocations": a further input of what is over. Routers that do not know them may number as they like.
    if (request <= this.last && this.role.features.dealer?.progressive_call_invocations) return;
    this.last = request;
    const entry = this.byId.get(registration);
    if (entry === undefined) {
      if (!this.leaving.has(registration)) {
        throw new ProtocolError(`got INVOCATION for registration ${registration}, which this session does not have`);
      }
      return this.error(request, 'wamp.error.no_such_registration', { args: ['the procedure is being unregistered'] });
    }
    if (message.wrong) return this.error(request, 'wamp.error.invalid_argument', { args: [message.wrong.message] });
    const procedure = (message.details.procedure as Uri | undefined) ?? entry.procedure;
    const run = new Run(request, procedure);
    this.running.set(request, run);
    const { progress, timeout } = message.details;
    if (progress === true) {
      run.inputs = new FurtherInputs();
      run.hasMore = true;
    }
    if (typeof timeout === 'number' && timeout > 0) run.watch(this.role.clock, timeout, () => this.timeout(run, timeout));
    const details = new Details(message.details, registration, run, this.progress);
    try {
      const hook = this.role.points.invocation;
      const args = message.args ?? [];
      const kwargs = message.kwargs ?? {};
      const outcome = hook
        ? hook({ args, kwargs, details: details as unknown as InvocationDetails }, (context) => this.within(run, entry, context))
        : entry.endpoint(args as never, kwargs as never, details as never);
      if (isThenable(outcome)) this.settle(run, outcome);
      else if (isGenerator(outcome)) this.settle(run, this.generate(run, outcome, details.sendProgress));
      else this.yield(run, outcome);
    } catch (thrown) {
      this.fail(run, thrown);
    }
  }

  private settle(run: Run, outcome: PromiseLike<unknown>): void {
    outcome.then(
      (value) => this.yield(run, value),
      (thrown: unknown) => this.fail(run, thrown),
    );
  }

  /** The endpoint within the hooks of its invocation. */
  private async within(run: Run, { endpoint }: Entry, { args, kwargs, details }: InvocationContext): Promise<Result> {
    const outcome = endpoint(args as never, kwargs as never, details as never);
    const value = await (isGenerator(outcome) ? this.generate(run, outcome, details.sendProgress) : outcome);
    const answer = toPayload(value);
    return new Result(answer.args, answer.kwargs, answer.details);
  }

  private generate(run: Run, generator: Generator, send: (value: unknown) => unknown): Promise<unknown> {
    const report = (error: unknown): void => this.role.report(error, 'invocation', run.procedure);
    return generate(run, generator, send, new Pace(this.role), report);
  }

  /** WAMP "Progressive Call Invocations": an INVOCATION with the id of one that runs. */
  private further(run: Run, { request, details, args, kwargs, wrong }: Unpacked<Invocation>): void {
    if (!run.hasMore) throw new ProtocolError(`got INVOCATION ${request}, which is running already`);
    run.hasMore = details.progress === true;
    if (wrong) {
      run.stop(wrong);
      return this.fail(run, wrong);
    }
    // An empty last one is how a caller says that there are no more.
    if (run.hasMore || (args && args.length > 0) || (kwargs && hasKeys(kwargs)))
      run.inputs?.push(toValue({ args, kwargs }, details));
    if (!run.hasMore) run.inputs?.end();
  }

  /** WAMP "Call Timeout": what was left to us. It is answered at once, whatever the endpoint makes of it. */
  private timeout(run: Run, timeoutMs: number): void {
    const why = new ApplicationError('wamp.error.timeout', [`no answer in ${timeoutMs} ms`]);
    run.stop(why);
    this.fail(run, why);
  }

  /** WAMP "Call Canceling": with `kill` the endpoint still answers, with `killnowait` nobody waits for it. */
  interrupt({ request, options }: Interrupt): void {
    const run = this.running.get(request);
    if (!run) return; // it crossed our answer
    const reason = typeof options.reason === 'string' && isUri(options.reason) ? options.reason : 'wamp.error.canceled';
    if (options.mode !== 'kill') this.over(request);
    run.stop(new ApplicationError(reason, ['the call was canceled']));
    if (options.mode !== 'kill') run.end();
  }

  /**
   * The caller does not take what we answered with (WAMP "Payload Passthru Mode"), so the call is over. WAMP leaves open which request
   * type the router names; nexus and our own name YIELD.
   */
  refused(request: Id, why: ApplicationError): void {
    const run = this.running.get(request); // undefined: it was the last answer
    this.over(request);
    run?.stop(why);
    run?.end();
    this.role.report(why, 'invocation', run?.procedure);
  }

  end(error: WampError | undefined): void {
    for (const entry of this.byId.values()) entry.ending.end(error);
    this.byId.clear();
    const lost = error ?? new ConnectionLostError(CLOSE_NORMAL, 'the session was left');
    const runs = [...this.running.values()];
    this.running.clear();
    for (const run of runs) {
      run.stop(lost);
      run.end();
    }
  }

  /** @throws SerializationError, to the endpoint: it may answer something else. */
  private readonly progress = (run: Run, value: unknown): boolean => {
    if (this.running.get(run.request) !== run || run.stopped) return false;
    this.answer(run.request, { progress: true }, value);
    run.restart?.();
    return true;
  };

  private yield(run: Run, value: unknown): void {
    if (this.running.get(run.request) !== run) return; // the session has ended, or nobody waits any more
    try {
      this.answer(run.request, {}, value);
      this.over(run.request);
      run.end();
    } catch (thrown) {
      this.fail(run, thrown);
    }
  }

  private answer(request: Id, options: Dict, value: unknown): void {
    const { args, kwargs, options: wire } = packAnswer(this.role, toPayload(value), options);
    this.role.link.send({ type: Code.YIELD, request, options: wire, args, kwargs });
  }

  /** What an endpoint threw, as ERROR: URI and payload where it has them, else its message. Its stack stays here. */
  private fail(run: Run, given: unknown): void {
    const { request, procedure } = run;
    if (this.running.get(request) !== run) return;
    this.over(request);
    run.end();
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
      try {
        this.error(request, uri, { args: [messageOf(thrown)] });
      } catch {
        this.error(request, PAYLOAD_SIZE_EXCEEDED, {}); // even the message is longer than the router takes
      }
    }
  }

  private over(request: Id): void {
    this.running.delete(request);
    this.onAnswer?.();
  }

  private error(request: Id, error: Uri, answer: Answer): void {
    const { args, kwargs, options: details } = packAnswer(this.role, answer, {});
    this.role.link.send({ type: Code.ERROR, requestType: Code.INVOCATION, request, details, error, args, kwargs });
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
      // Taken away by the router before it read this: gone is gone.
      const reject = (error: unknown): void => (this.leaving.has(id) ? settle.reject(error) : settle.resolve());
      requests.wait<void>(Code.UNREGISTER, { ...settle, reject, answered }, undefined);
    });
  }
}

/** An error that says its URI: ours, or one of another copy of this package, known by its shape. */
function knownError(thrown: unknown): (Answer & { readonly uri: Uri }) | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('uri' in thrown)) return undefined;
  const { uri } = thrown;
  if (typeof uri !== 'string' || !isUri(uri)) return undefined;
  const args = 'args' in thrown && Array.isArray(thrown.args) ? (thrown.args as readonly unknown[]) : undefined;
  const kwargs =
    'kwargs' in thrown && typeof thrown.kwargs === 'object' && thrown.kwargs !== null ? (thrown.kwargs as Dict) : undefined;
  const details = 'details' in thrown ? (thrown.details as Dict | undefined) : undefined;
  return args ? { uri, args, kwargs, details } : { uri, args: [messageOf(thrown)] };
}
