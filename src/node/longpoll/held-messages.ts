/*
 * The messages that wait for a poll, in order. Most of them are kept as batches, because a short message by itself takes ten times its bytes in memory; the limits
 * of the router count bytes.
 */
import { joinBatch, type Separator, splitBatch } from '../../transport/batch.ts';
import { byteLength } from '../../transport/frame-length.ts';
import type { Frame } from '../../transport/transport.ts';

/** So many become a batch. */
const IN_A_BATCH = 64;
/** JSON has neither separator in a message. */
const SEPARATOR = '\x1e';

export class HeldMessages {
  /** The oldest, of what was the first batch. */
  private first: Frame[] = [];
  private batches: Frame[] = [];
  private last: Frame[] = [];
  /** Of all of them. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.first.length + this.batches.length + this.last.length === 0;
  }

  add(frame: Frame): void {
    this.last.push(frame);
    this.bytes += byteLength(frame);
    if (this.last.length < IN_A_BATCH) return;
    this.batches.push(joinBatch(this.last, SEPARATOR));
    this.last = [];
  }

  takeOne(): Frame | undefined {
    if (this.first.length === 0) {
      const batch = this.batches.shift();
      if (batch === undefined) [this.first, this.last] = [this.last, this.first];
      else this.first = splitBatch(batch);
    }
    const frame = this.first.shift();
    if (frame !== undefined) this.bytes -= byteLength(frame);
    return frame;
  }

  /** All of them as one batch. Undefined: there are none. */
  takeAll(separator: Separator): Frame | undefined {
    if (this.isEmpty) return undefined;
    const singles = (frames: readonly Frame[]): readonly Frame[] => (frames.length > 0 ? [joinBatch(frames, SEPARATOR)] : []);
    const batches = [...singles(this.first), ...this.batches, ...singles(this.last)];
    this.drop();
    const [only] = batches;
    if (batches.length === 1 && typeof only !== 'string') return only;
    const texts = batches.filter((batch) => typeof batch === 'string');
    if (texts.length < batches.length) return Buffer.concat(batches.filter((batch) => typeof batch !== 'string'));
    return texts.join('').replaceAll(SEPARATOR, separator);
  }

  drop(): void {
    this.first = [];
    this.batches = [];
    this.last = [];
    this.bytes = 0;
  }
}
