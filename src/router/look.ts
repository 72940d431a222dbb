/*
 * Reads a frame for code that watches a connection from outside.
 */
import { withoutSecrets } from '../link/link.ts';
import { nameOf } from '../protocol/messages.ts';
import type { Serializer } from '../serializer/serializer.ts';
import type { Frame } from '../transport/transport.ts';

export interface SeenMessage {
  /** `CALL`, `EVENT`, … */
  readonly type: string;
  /** The message as WAMP's list, without secrets. */
  readonly message: readonly unknown[];
}

/** @returns Undefined if it is not a message. */
export function look(frame: Frame, serializer: Serializer): SeenMessage | undefined {
  try {
    const list = serializer.decode(frame);
    return Array.isArray(list) ? { type: nameOf(list[0]), message: withoutSecrets(list) } : undefined;
  } catch {
    return undefined;
  }
}
