/* Payloads for people. */
import type { Payload } from '../../protocol/messages.ts';

/** Longer ones are cut. */
const MAX_LENGTH = 4096;

/** The arguments, and the keywords if there are any, as JSON, cut. Null: there is no payload. */
export function payloadText(payload: Payload): string | null {
  try {
    const { args, kwargs } = payload.carried?.values() ?? payload;
    if (args === undefined && kwargs === undefined) return null;
    const text = [args ?? [], ...(kwargs ? [kwargs] : [])].map((part) => JSON.stringify(part, readable)).join(' ');
    return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
  } catch {
    return null; // a value that has no text
  }
}

function readable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? `<${value.length} bytes>` : value;
}
