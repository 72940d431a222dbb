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
} from '../../base/errors.ts';
import { type Dict, type Id, isThenable, type Uri } from '../../base/words.ts';
import { IdMap } from '../../protocol/id-map.ts';
import { Code, type Interrupt, type Invocation } from '../../protocol/messages.ts';
import { isUri } from '../../protocol/uri.ts';
import { CLOSE_NORMAL, PAYLOAD_SIZE_EXCEEDED, RUNTIME_ERROR } from '../../protocol/uris.ts';
import { type Answer, Result, toPayload } from '../api/result.ts';
import type { AnyEndpoint } from '../kernel/callbacks.ts';
import { checkPayload } from '../kernel/fit.ts';
import type { SessionContext } from './context.ts';
import { knownError, unanswerable } from './known-error.ts';
import { packAnswer, type Unpacked } from './packing.ts';
import { Details, RunningInvocation } from './running-invocation.ts';

/** The registration that an invocation is for. */
interface Target {
  readonly procedure: Uri;
  readonly endpoint: AnyEndpoint;
}

export interface Invocations {
  /** How many are not answered yet. */
  readonly size: number;
  /** Takes a further input of one that runs, or is over; false: it is a new one. */
  goesOn(message: Unpacked<Invocation>): boolean;
  begin(message: Unpacked<Invocation>, target: Target): void;
  /** Answers what never ran. */
  refuse(request: Id, uri: Uri, text: string): void;
  /** WAMP "Call Canceling": with `kill` the endpoint still answers, with `killnowait` nobody waits for it. */
  interrupt(message: Interrupt): void;
  /**
   * The caller does not take the answer (WAMP "Payload Passthru Mode"), so the call is over. WAMP leaves open which request
   * type the router names; nexus and our own name YIELD.
   */
  refused(request: Id, why: ApplicationError): void;
  end(error: WampError | undefined): void;
}

export function createInvocations(context: SessionContext): Invocations {
  const { kernel, session, link, features } = context;
  const { inputs } = kernel;
  /** Those that are not answered yet. */
  const running = new IdMap<RunningInvocation>();
  /** The id of the last new one. */
  let last: Id = 0;

  const over = (request: Id): void => {
    running.delete(request);
    for (const settled of session.settled) settled();
  };

  const answer = (request: Id, options: Dict, value: unknown): void => {
    const payload = toPayload(value);
    checkPayload(payload);
    const { args, kwargs, options: wire } = packAnswer(context, payload, options);
    link.send({ type: Code.YIELD, request, options: wire, args, kwargs });
  };

  const refuse = (request: Id, error: Uri, given: Answer): void => {
    checkPayload(given);
    const { args, kwargs, options: details } = packAnswer(context, given, {});
    link.send({ type: Code.ERROR, requestType: Code.INVOCATION, request, details, error, args, kwargs });
  };

  /** What an endpoint threw, as ERROR: URI and payload where it has them, else its message. Its stack stays here. */
  const fail = (invocation: RunningInvocation, given: unknown): void => {
    const { request, procedure } = invocation;
    if (running.get(request) !== invocation) return;
    over(request);
    invocation.end();
    let thrown = given;
    let uri = RUNTIME_ERROR;
    try {
      thrown = invocation.answerFor(given);
      const known = knownError(thrown);
      if (!known || thrown instanceof SerializationError) kernel.report(unanswerable(thrown) ?? thrown, 'invocation', procedure);
      uri = known?.uri ?? uri;
      refuse(request, uri, known ?? { args: [messageOf(thrown)] });
    } catch (unfit) {
      // It cannot be read, or its payload not be encoded: URI and message still tell what happened.
      kernel.report(unfit, 'invocation', procedure);
      try {
        refuse(request, uri, { args: [messageOf(thrown)] });
      } catch {
        refuse(request, PAYLOAD_SIZE_EXCEEDED, {}); // even the message is longer than the router takes
      }
    }
  };

  const succeed = (invocation: RunningInvocation, value: unknown): void => {
    const { request } = invocation;
    if (running.get(request) !== invocation) return; // the session has ended, or nobody waits any more
    try {
      answer(request, {}, value);
      over(request);
      invocation.end();
    } catch (thrown) {
      fail(invocation, thrown);
    }
  };

  /** What the endpoint gave: a value, what a feature takes (a generator), or a promise of either. */
  const settle = (invocation: RunningInvocation, given: unknown, details: Details): void => {
    const failed = (thrown: unknown): void => fail(invocation, thrown);
    try {
      if (isThenable(given)) return void given.then((value) => settle(invocation, value, details), failed);
      const more = kernel.outcome?.(given, session, invocation, details);
      if (more) settle(invocation, more, details);
      else succeed(invocation, given);
    } catch (thrown) {
      failed(thrown); // somebody's own `then`
    }
  };

  const around = {
    inputs,
    /** @throws SerializationError, to the endpoint: it may answer something else. */
    progress(invocation: RunningInvocation, value: unknown): boolean {
      if (running.get(invocation.request) !== invocation || invocation.stopped) return false;
      answer(invocation.request, { progress: true }, value);
      invocation.restart?.();
      return true;
    },
  };

  const stop = (invocation: RunningInvocation, why: WampError): void => {
    invocation.stop(why);
    fail(invocation, why);
  };

  return {
    get size() {
      return running.size;
    },

    goesOn(message) {
      const { request } = message;
      const invocation = running.get(request);
      if (invocation) {
        if (!inputs?.further(invocation, message)) throw new ProtocolError(`got INVOCATION ${request}, which is running already`);
        if (message.wrong) stop(invocation, message.wrong);
        return true;
      }
      // WAMP "Progressive Call Invocations": a further input of what is over. Routers that do not know them may number as they like.
      if (request <= last && features.dealer?.progressive_call_invocations) return true;
      last = request;
      return false;
    },

    begin(message, { procedure, endpoint }) {
      const { request, registration, args = [], kwargs = {}, wrong } = message;
      if (wrong) return refuse(request, 'wamp.error.invalid_argument', { args: [wrong.message] });
      const { procedure: called, progress, timeout } = message.details;
      const invocation = new RunningInvocation(request, called ?? procedure);
      running.set(request, invocation);
      if (progress === true) inputs?.begin(invocation);
      // WAMP "Call Timeout": left to us. It is answered at once, whatever the endpoint makes of it.
      if (typeof timeout === 'number' && timeout > 0)
        invocation.limit(kernel.clock, timeout, () =>
          stop(invocation, new ApplicationError('wamp.error.timeout', [`no answer in ${timeout} ms`])),
        );
      const details = new Details(message.details, registration, invocation, around);
      try {
        const given = kernel.invoke
          ? kernel.invoke(endpoint, { args, kwargs, details }, async (outcome, seen) => {
              const more = kernel.outcome?.(outcome, session, invocation, seen);
              const { args, kwargs, details } = toPayload(more ? await more : outcome);
              return new Result(args, kwargs, details);
            })
          : endpoint(args, kwargs, details);
        settle(invocation, given, details);
      } catch (thrown) {
        fail(invocation, thrown);
      }
    },

    refuse: (request, uri, text) => refuse(request, uri, { args: [text] }),

    interrupt({ request, options: { reason, mode } }) {
      const invocation = running.get(request);
      if (!invocation) return; // it crossed our answer
      if (mode !== 'kill') over(request);
      const uri = typeof reason === 'string' && isUri(reason) ? reason : 'wamp.error.canceled';
      invocation.stop(new ApplicationError(uri, ['the call was canceled']));
      if (mode !== 'kill') invocation.end();
    },

    refused(request, why) {
      const invocation = running.get(request); // undefined: it was the last answer
      over(request);
      invocation?.stop(why);
      invocation?.end();
      kernel.report(why, 'invocation', invocation?.procedure);
    },

    end(error) {
      const lost = error ?? new ConnectionLostError(CLOSE_NORMAL, 'we left the session');
      const all = running.values();
      running.clear();
      for (const invocation of all) {
        invocation.stop(lost);
        invocation.end();
      }
    },
  };
}
