/*
 * WAMP "Calling and Invocations", the callee's side: the invocations that run here, and for each exactly one final YIELD or ERROR.
 */
import {
  ApplicationError,
  ConnectionLostError,
  messageOf,
  ProtocolError,
  SerializationError,
  type WampError,
} from '../../errors.ts';
import { hasKeys } from '../../protocol/codec.ts';
import { IdMap } from '../../protocol/id-map.ts';
import { Code, type Interrupt, type Invocation } from '../../protocol/messages.ts';
import { isUri } from '../../protocol/uri.ts';
import { CLOSE_NORMAL, PAYLOAD_SIZE_EXCEEDED, RUNTIME_ERROR } from '../../protocol/uris.ts';
import { type Dict, type Id, isThenable, type Uri } from '../../words.ts';
import type { InvocationDetails } from '../api/payload.ts';
import { type Answer, Result, toPayload, toValue } from '../api/result.ts';
import type { InvocationContext } from '../core/middleware.ts';
import { Pace } from '../core/pace.ts';
import { packAnswer, type Unpacked } from '../core/passthru.ts';
import { checkPayload, type Role } from '../core/role.ts';
import { FurtherInputs } from './further-inputs.ts';
import { type AnyGenerator, generate, isGenerator } from './generate.ts';
import { knownError, unanswerable } from './known-error.ts';
import { Details, Run } from './run.ts';

/** A user's endpoint as it is called: contracts are types only. */
export type AnyEndpoint = (args: never, kwargs: never, details: never) => unknown;

/** Whom an invocation is for. */
interface Target {
  readonly procedure: Uri;
  readonly endpoint: AnyEndpoint;
}

export class Invocations {
  private readonly role: Role;
  /** Those that are not answered yet. */
  private readonly running = new IdMap<Run>();
  /** One is answered, or nobody waits for its answer. */
  onAnswer: (() => void) | undefined;
  /** The id of the last new one. */
  private last: Id = 0;

  constructor(role: Role) {
    this.role = role;
  }

  /** How many are not answered yet. */
  get size(): number {
    return this.running.size;
  }

  /** Takes a further input of one that runs, or is over; false: it is a new one. */
  goesOn(message: Unpacked<Invocation>): boolean {
    const { request } = message;
    const run = this.running.get(request);
    if (run) {
      this.further(run, message);
      return true;
    }
    // WAMP "Progressive Call Invocations": a further input of what is over. Routers that do not know them may number as they like.
    if (request <= this.last && this.role.features.dealer?.progressive_call_invocations) return true;
    this.last = request;
    return false;
  }

  begin(message: Unpacked<Invocation>, target: Target): void {
    const { request, registration } = message;
    if (message.wrong) return this.refuse(request, 'wamp.error.invalid_argument', message.wrong.message);
    const procedure = (message.details.procedure as Uri | undefined) ?? target.procedure;
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
        ? hook({ args, kwargs, details: details as unknown as InvocationDetails }, (context) => this.within(run, target, context))
        : target.endpoint(args as never, kwargs as never, details as never);
      this.settle(run, outcome, details);
    } catch (thrown) {
      this.fail(run, thrown);
    }
  }

  /** Answers what never ran. */
  refuse(request: Id, uri: Uri, text: string): void {
    this.error(request, uri, { args: [text] });
  }

  /** By what the endpoint gave: a value, a generator, or a promise of either. */
  private settle(run: Run, outcome: unknown, details: Details): void {
    const fail = (thrown: unknown): void => this.fail(run, thrown);
    try {
      if (isThenable(outcome)) outcome.then((value) => this.settle(run, value, details), fail);
      else if (isGenerator(outcome)) this.settle(run, this.generate(run, outcome, details), details);
      else this.yield(run, outcome);
    } catch (thrown) {
      fail(thrown); // somebody's own `then`
    }
  }

  /** The endpoint within the hooks of its invocation. */
  private async within(run: Run, { endpoint }: Target, { args, kwargs, details }: InvocationContext): Promise<Result> {
    const outcome = await endpoint(args as never, kwargs as never, details as never);
    const value = isGenerator(outcome) ? await this.generate(run, outcome, details) : outcome;
    const answer = toPayload(value);
    return new Result(answer.args, answer.kwargs, answer.details);
  }

  private generate(run: Run, generator: AnyGenerator, { sendProgress }: Pick<Details, 'sendProgress'>): Promise<unknown> {
    const report = (error: unknown): void => this.role.report(error, 'invocation', run.procedure);
    return generate(run, generator, sendProgress, new Pace(this.role), report);
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
    const lost = error ?? new ConnectionLostError(CLOSE_NORMAL, 'we left the session');
    const runs = this.running.values();
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
    const { args, kwargs, options: wire } = packAnswer(this.role, checked(toPayload(value)), options);
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
      if (!known || thrown instanceof SerializationError) this.role.report(unanswerable(thrown) ?? thrown, 'invocation', procedure);
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
    const { args, kwargs, options: details } = packAnswer(this.role, checked(answer), {});
    this.role.link.send({ type: Code.ERROR, requestType: Code.INVOCATION, request, details, error, args, kwargs });
  }
}

/** A payload of the user's that is none must not reach the router: there it would end the session. @throws TypeError */
function checked(answer: Answer): Answer {
  checkPayload(answer.args, answer.kwargs);
  return answer;
}
