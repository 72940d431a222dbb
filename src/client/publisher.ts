/* WAMP "Publishing": PUBLISH, answered only when `acknowledge` asks for it. */
import { Code, type Published } from '../protocol/messages.ts';
import type { Dict } from '../words.ts';
import { wireOptions } from './local-options.ts';
import { pack } from './passthru.ts';
import type { PayloadIn, Publication } from './payload.ts';
import { type Settle, throwIfAborted } from './requests.ts';
import { checkOwnUri, checkPayload, type Role } from './role.ts';
import type { AcknowledgedOptions, UnacknowledgedOptions } from './verbs.ts';

const OURS = ['signal', 'timeoutMs', 'whenOffline', 'retryOnLoss'];

export class Publisher {
  private readonly role: Role;

  constructor(role: Role) {
    this.role = role;
  }

  /** Settles when `options.acknowledge` is true, else `settle` is not used. */
  publish(
    settle: Settle<Publication> | undefined,
    topic: string,
    payload: PayloadIn,
    options: AcknowledgedOptions | UnacknowledgedOptions | undefined,
  ): void {
    const { link, requests } = this.role;
    checkOwnUri(topic);
    checkPayload(payload.args, payload.kwargs);
    const wire = wireOptions(options, OURS, 'publish');
    const waitOptions = options?.acknowledge ? options : undefined;
    throwIfAborted(waitOptions);
    const { args, kwargs } = wire.ppt_scheme ? pack(this.role, 'broker', wire, payload) : payload;
    link.send({
      type: Code.PUBLISH,
      request: requests.next,
      options: wire,
      topic,
      args: args ?? undefined,
      kwargs: (kwargs as Dict | null) ?? undefined,
    });
    if (settle) requests.wait(Code.PUBLISH, settle, waitOptions);
    else requests.sent();
  }

  published(message: Published): void {
    this.role.requests.take(message.request, Code.PUBLISH, message.type).resolve({ id: message.publication });
  }
}
