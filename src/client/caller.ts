/* WAMP "Calling": CALL → RESULT or ERROR; CANCEL for who gives up. */
import { Code, type ResultMessage } from '../protocol/messages.ts';
import type { Dict, Id } from '../words.ts';
import { wireOptions } from './local-options.ts';
import type { PayloadIn } from './payload.ts';
import { type Settle, throwIfAborted } from './requests.ts';
import { toValue } from './result.ts';
import { checkPayload, checkUri, type Role } from './role.ts';
import { isThenable } from './subscriber.ts';
import type { CallOptions } from './verbs.ts';

const OURS = ['signal', 'timeoutMs', 'cancelMode', 'onProgress', 'whenOffline'];

export class Caller {
  private readonly role: Role;

  constructor(role: Role) {
    this.role = role;
  }

  call(settle: Settle<ResultMessage>, procedure: string, { args, kwargs }: PayloadIn, options: CallOptions | undefined): void {
    const { link, requests } = this.role;
    checkUri(procedure);
    checkPayload(args, kwargs);
    throwIfAborted(options);
    const wire = this.options(options);
    link.send({
      type: Code.CALL,
      request: requests.next,
      options: wire,
      procedure,
      args: args ?? undefined,
      kwargs: (kwargs as Dict | null) ?? undefined,
    });
    const { onProgress } = options ?? {};
    const wanted = onProgress
      ? { ...settle, progress: (result: ResultMessage) => this.progress(procedure, onProgress, result) }
      : settle;
    requests.wait(Code.CALL, wanted, options, (request) => this.cancel(request, options?.cancelMode));
  }

  result(message: ResultMessage): void {
    const isProgress = message.details.progress === true;
    // WAMP "Call Canceling": of a call that was given up, the late result is dropped; `Wait` sees to that.
    const wait = this.role.requests.take(message.request, Code.CALL, message.type, !isProgress);
    if (isProgress) wait.progress(message);
    else wait.resolve(message);
  }

  private progress(procedure: string, onProgress: (value: never) => void, result: ResultMessage): void {
    const fail = (error: unknown): void => this.role.report(error, 'progress', procedure);
    try {
      const outcome: unknown = onProgress(toValue(result, result.details) as never);
      if (isThenable(outcome)) outcome.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  private options(options: CallOptions | undefined): Dict {
    const wire = wireOptions(options, OURS, 'call');
    const { timeoutMs } = options ?? {};
    // WAMP "Call Timeout": in milliseconds, and only to routers that announce it (Crossbar.io reads seconds and does not).
    const timeout = timeoutMs && this.role.features.dealer?.call_timeout ? { timeout: timeoutMs } : undefined;
    const progress = options?.onProgress ? { receive_progress: true } : undefined;
    return timeout || progress ? { ...wire, ...timeout, ...progress } : wire;
  }

  private cancel(request: Id, mode: CallOptions['cancelMode']): void {
    if (!this.role.features.dealer?.call_canceling) return;
    this.role.link.send({ type: Code.CANCEL, request, options: { mode: mode ?? 'killnowait' } });
  }
}
