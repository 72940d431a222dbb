/* What all places have in common: the form of their messages, and what they need of the store. */
import { cbor } from '../../serializer/cbor.ts';
import type { Line } from './line.ts';

/** The version of what is written. A change that older code cannot read makes it grow. */
const FORMAT = 1;
/** What a message has beside its event: headers, the subject, the version, the writer. */
export const OVERHEAD_BYTES = 1024;
/** A stream keeps more than a node, so that a node that starts finds what the others have. */
export const SLACK_BYTES: number = 2 ** 22;
const SLACK_MS = 60_000;
/** About 290 years. */
const MAX_NANOS = 9e18;

export interface Host {
  readonly line: Line;
  /** Of the cluster. */
  readonly name: string;
  readonly replicas: number;
  /** Names this store among all that are open. */
  readonly writer: string;
  readonly warn: (text: string) => void;
  /** Of a message: never used again. */
  nextId(): string;
  /** Rejects if it takes longer than a router waits. */
  inTime<T>(answer: Promise<T>): Promise<T>;
}

const serializer = /* @__PURE__ */ cbor();

export function writeBody(writer: string, values: readonly unknown[]): Uint8Array {
  const bytes = serializer.encode([FORMAT, writer, ...values]);
  if (typeof bytes === 'string') throw new TypeError('expected CBOR to be bytes');
  return bytes;
}

/** @throws TypeError if it is of a newer version, or of another program. */
export function readBody(bytes: Uint8Array): readonly [writer: string, ...values: unknown[]] {
  const [format, writer, ...values] = serializer.decode(bytes);
  if (format !== FORMAT || typeof writer !== 'string')
    throw new TypeError(`expected version ${FORMAT} of a message, got ${String(format)}`);
  return [writer, ...values];
}

/** For a stream. Infinity is 0. */
export function nanosOf(ms: number): number {
  const nanos = Math.ceil((ms + SLACK_MS) * 1e6);
  return nanos > MAX_NANOS ? 0 : nanos;
}
