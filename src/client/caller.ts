/* WAMP "Calling": CALL → RESULT or ERROR; CANCEL for who gives up. */
import { Code, type ResultMessage } from '../protocol/messages.ts';
import type { Dict, Id } from '../words.ts';
import { wireOptions } from './local-options.ts';
import type { PayloadIn } from './payload.ts';
import { type Settle, throwIfAborted } from './requests.ts';
import { checkPayload, checkUri, type Role } from './role.ts';
import type { CallOptions } from './verbs.ts';

const OURS = ['signal', 'timeoutMs', 'cancelMode', 'whenOffline'];

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
    requests.wait(Code.CALL, settle, options, (request) => this.cancel(request, options?.cancelMode));
  }

  result(message: ResultMessage): void {
    // WAMP "Call Canceling": of a call that was given up, the late result is dropped; `Wait` sees to that.
    this.role.requests.take(message.request, Code.CALL, message.type).resolve(message);
  }

  private options(options: CallOptions | undefined): Dict {
    const wire = wireOptions(options, OURS, 'call');
    const { timeoutMs } = options ?? {};
    // WAMP "Call Timeout": in milliseconds, and only to routers that announce it (Crossbar.io reads seconds and does not).
    return timeoutMs && this.role.features.dealer?.call_timeout ? { ...wire, timeout: timeoutMs } : wire;
  }

  private cancel(request: Id, mode: CallOptions['cancelMode']): void {
    if (!this.role.features.dealer?.call_canceling) return;
    this.role.link.send({ type: Code.CANCEL, request, options: { mode: mode ?? 'killnowait' } });
  }
}
