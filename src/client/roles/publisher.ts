/* WAMP "Publishing": PUBLISH, answered only when `acknowledge` asks for it. */
import { Code, type Published } from '../../protocol/messages.ts';
import type { Dict } from '../../words.ts';
import type { AcknowledgedOptions, UnacknowledgedOptions } from '../api/options.ts';
import type { PayloadIn, Publication } from '../api/payload.ts';
import { type Foreign, PUBLISH, wireOptions } from '../core/local-options.ts';
import { pack } from '../core/passthru.ts';
import { type Settle, throwIfAborted } from '../core/requests.ts';
import { checkOwnUri, checkPayload, type Role } from '../core/role.ts';

/** Looks at a publication before anything is sent, and gives the options for the wire. @throws What is wrong with it. */
export function checkPublication(topic: string, { args, kwargs }: PayloadIn, options: object | undefined, foreign?: Foreign): Dict {
  checkOwnUri(topic);
  checkPayload(args, kwargs);
  return wireOptions(options, PUBLISH, foreign);
}

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
    const wire = checkPublication(topic, payload, options, this.role.foreign);
    throwIfAborted(options);
    const { args, kwargs } = wire.ppt_scheme ? pack(this.role, 'broker', wire, payload) : payload;
    link.send({
      type: Code.PUBLISH,
      request: requests.next,
      options: wire,
      topic,
      args: args ?? undefined,
      kwargs: (kwargs as Dict | null) ?? undefined,
    });
    if (settle) requests.wait(Code.PUBLISH, settle, options);
    else requests.sent();
  }

  published(message: Published): void {
    this.role.requests.take(message.request, Code.PUBLISH, message.type).resolve({ id: message.publication });
  }
}
