/* WAMP "Calling": CALL → RESULT or ERROR; CANCEL for who gives up. */
import { Code, type ResultMessage } from '../../protocol/messages.ts';
import { type Dict, type Id, isThenable } from '../../words.ts';
import type { CallOptions } from '../api/options.ts';
import type { PayloadIn } from '../api/payload.ts';
import { toValue } from '../api/result.ts';
import { CALL, type Foreign, wireOptions } from '../core/local-options.ts';
import { pack, unpack } from '../core/passthru.ts';
import { type Settle, throwIfAborted, type Wait } from '../core/requests.ts';
import { checkPayload, checkUri, type Role } from '../core/role.ts';
import { checkInputs, Inputs } from './inputs.ts';

/** Looks at a call before anything is sent, and gives the options for the wire. @throws What is wrong with it. */
export function checkCall(
  procedure: string,
  { args, kwargs }: PayloadIn,
  options: CallOptions | undefined,
  foreign?: Foreign,
): Dict {
  checkUri(procedure);
  checkPayload(args, kwargs);
  return wireOptions(options, CALL, foreign);
}

/** With those of the connection, where the call does not say otherwise. */
export function withDefaults(
  defaults: Pick<CallOptions, 'timeoutMs' | 'waitForCalleeMs'> | undefined,
  given: CallOptions | undefined,
): CallOptions | undefined {
  if (!defaults) return given;
  const { timeoutMs = defaults.timeoutMs, waitForCalleeMs = defaults.waitForCalleeMs } = given ?? {};
  return { ...given, timeoutMs, waitForCalleeMs };
}

export class Caller {
  private readonly role: Role;

  constructor(role: Role) {
    this.role = role;
  }

  call(settle: Settle<ResultMessage>, procedure: string, payload: PayloadIn, options: CallOptions | undefined): void {
    const { link, requests } = this.role;
    const given = checkCall(procedure, payload, options, this.role.foreign);
    throwIfAborted(options);
    const wire = this.options(given, options);
    const { args, kwargs } = wire.ppt_scheme ? pack(this.role, 'dealer', wire, payload) : payload;
    const request = requests.next;
    link.send({
      type: Code.CALL,
      request,
      options: wire,
      procedure,
      args: args ?? undefined,
      kwargs: (kwargs as Dict | null) ?? undefined,
    });
    const { onProgress, inputsFrom, cancelMode } = options ?? {};
    const wanted = onProgress
      ? { ...settle, progress: (result: ResultMessage) => this.progress(procedure, onProgress, result) }
      : settle;
    const cancel = (): void => this.cancel(request, cancelMode);
    if (inputsFrom === undefined) return requests.wait(Code.CALL, wanted, options, cancel);
    const inputs = new Inputs(this.role, request, procedure, wire, options?.maxInputsAhead);
    requests.wait(Code.CALL, inputs.around(wanted), options, cancel);
    void inputs.run(inputsFrom, (error) => {
      cancel();
      requests.giveUp(request, error);
    });
  }

  result(message: ResultMessage): void {
    const isProgress = message.details.progress === true;
    // WAMP "Call Canceling": of a call that was given up, the late result is dropped; `Wait` sees to that.
    const wait = this.role.requests.take(message.request, Code.CALL, message.type, !isProgress);
    if (isProgress) wait.progress(message);
    else this.final(wait, unpack(this.role, message));
  }

  private final(wait: Wait, result: ReturnType<typeof unpack<ResultMessage>>): void {
    if (result.wrong) wait.reject(result.wrong);
    else wait.resolve(result);
  }

  private progress(procedure: string, onProgress: (value: never) => void, result: ResultMessage): void {
    const fail = (error: unknown): void => this.role.report(error, 'progress', procedure);
    try {
      const payload = unpack(this.role, result);
      if (payload.wrong) throw payload.wrong;
      const outcome: unknown = onProgress(toValue(payload, result.details) as never);
      if (isThenable(outcome)) outcome.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  private options(wire: Dict, options: CallOptions | undefined): Dict {
    if (options?.inputsFrom !== undefined) checkInputs(options, this.role);
    const { timeoutMs } = options ?? {};
    // WAMP "Call Timeout": in milliseconds, and only to routers that announce it (Crossbar.io reads seconds and does not).
    const isLimited = timeoutMs && timeoutMs <= 2 ** 53;
    const timeout = isLimited && this.role.features.dealer?.call_timeout ? { timeout: Math.ceil(timeoutMs) } : undefined;
    const results = options?.onProgress || options?.maxInputsAhead ? { receive_progress: true } : undefined;
    const inputs = options?.inputsFrom ? { progress: true } : undefined;
    return timeout || results || inputs ? { ...wire, ...timeout, ...results, ...inputs } : wire;
  }

  private cancel(request: Id, mode: CallOptions['cancelMode']): void {
    if (!this.role.features.dealer?.call_canceling) return;
    this.role.link.send({ type: Code.CANCEL, request, options: { mode: mode ?? 'killnowait' } });
  }
}
