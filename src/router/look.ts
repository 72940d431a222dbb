/*
 * What a frame says, for who watches a line from outside.
 */
import { withoutSecrets } from '../link.ts';
import { nameOf } from '../protocol/messages.ts';
import type { Serializer } from '../serializer/serializer.ts';
import type { Frame } from '../transport/transport.ts';

export interface SeenMessage {
  /** `CALL`, `EVENT`, … */
  readonly type: string;
  /** The message as a list, as WAMP has it, secrets left out. */
  readonly message: readonly unknown[];
}

/** @returns Undefined for what is no message. */
export function look(frame: Frame, serializer: Serializer): SeenMessage | undefined {
  try {
    const list = serializer.decode(frame);
    return Array.isArray(list) ? { type: nameOf(list[0]), message: withoutSecrets(list) } : undefined;
  } catch {
    return undefined;
  }
}
