/* Payloads for people. */
import type { Payload } from '../../protocol/messages.ts';
import { MASKED, type Mask } from '../config/masks.ts';

/** Longer ones are cut. */
const MAX_LENGTH = 4096;

/** Larger payloads are not read: that would take much time of the router. */
const MAX_BYTES = 2 ** 18;

/** The arguments, and the keywords if there are any, as JSON, masked and then cut. Null: there is no payload. */
export function payloadText(payload: Payload, mask: Mask): string | null {
  try {
    const bytes = payload.carried?.bytes ?? 0;
    if (bytes > MAX_BYTES) return `<${bytes} bytes>`;
    const { args, kwargs } = payload.carried?.values() ?? payload;
    if (args === undefined && kwargs === undefined) return null;
    if (mask === 'all') return MASKED;
    const readable = (name: string, value: unknown): unknown => (name !== '' && mask(name) ? MASKED : readableValue(value));
    const text = [args ?? [], ...(kwargs ? [kwargs] : [])].map((part) => JSON.stringify(part, readable)).join(' ');
    return text.length <= MAX_LENGTH ? text : shortened(text, MAX_LENGTH);
  } catch {
    return null; // a value that has no text
  }
}

/** Cuts a text to this length, but never within a character: half of one cannot be sent. */
export function shortened(text: string, length: number): string {
  return `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`;
}

function readableValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? `<${value.length} bytes>` : value;
}
