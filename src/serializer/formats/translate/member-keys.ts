/*
 * The keys of the dicts that are being written, as bytes. If two members have the same key, the last one counts. Nested dicts
 * are on a stack, and a dict with few members needs no allocation.
 */
import { byteAt, int32At } from '../../bytes/byte-at.ts';

/** A dict with more members gets a table; fewer keys are compared one by one. */
const FEW = 12;

export class MemberKeys {
  /**
   * Two numbers for each member: where its key begins, which is also where the member begins, and where its key ends. -1: a
   * later member has replaced it.
   */
  private spans: Int32Array = new Int32Array(64);
  private top = 0;
  /** Where the innermost dict begins. */
  private base = 0;
  private replaced = 0;
  private table: Map<string, number> | undefined;
  /** `base` and `replaced`, in this order, for the dicts around it. */
  private readonly outer: number[] = [];
  private readonly outerTables: (Map<string, number> | undefined)[] = [];

  /** A dict begins. */
  open(): void {
    this.outer.push(this.base, this.replaced);
    this.outerTables.push(this.table);
    this.base = this.top;
    this.replaced = 0;
    this.table = undefined;
  }

  /** The innermost dict ends. @returns How many of its members were replaced. */
  close(): number {
    const { replaced } = this;
    this.top = this.base;
    this.table = this.outerTables.pop();
    this.replaced = this.outer.pop() ?? 0;
    this.base = this.outer.pop() ?? 0;
    return replaced;
  }

  /** A member begins. */
  begin(at: number): void {
    if (this.top + 2 > this.spans.length) this.grow();
    this.spans[this.top] = at;
  }

  /** Its key ends. If it replaces a member, the begin and end of that member are added to the lists. */
  end(bytes: Uint8Array, at: number, starts: number[], ends: number[]): void {
    const { spans, top } = this;
    const twin = this.twin(bytes, int32At(spans, top), at);
    spans[top + 1] = at;
    this.top += 2;
    if (twin < 0) return;
    this.replaced++;
    spans[twin + 1] = -1;
    starts.push(int32At(spans, twin));
    ends.push(int32At(spans, twin + 2));
  }

  /** The index of an earlier member with this key; -1 if there is none. */
  private twin(bytes: Uint8Array, start: number, end: number): number {
    const { spans, top, base } = this;
    if (this.table ?? top - base >= 2 * FEW) return this.tableTwin(bytes, start, end);
    for (let i = base; i < top; i += 2) {
      const first = int32At(spans, i);
      if (int32At(spans, i + 1) - first === end - start && isSame(bytes, first, start, end)) return i;
    }
    return -1;
  }

  private tableTwin(bytes: Uint8Array, start: number, end: number): number {
    const { spans, top } = this;
    if (!this.table) {
      this.table = new Map();
      for (let i = this.base; i < top; i += 2) {
        if (int32At(spans, i + 1) >= 0) this.table.set(keyOf(bytes, int32At(spans, i), int32At(spans, i + 1)), i);
      }
    }
    const key = keyOf(bytes, start, end);
    const twin = this.table.get(key) ?? -1;
    this.table.set(key, top);
    return twin;
  }

  private grow(): void {
    const more = new Int32Array(this.spans.length * 2);
    more.set(this.spans);
    this.spans = more;
  }
}

function isSame(bytes: Uint8Array, first: number, start: number, end: number): boolean {
  for (let i = end - start - 1; i >= 0; i--) if (bytes[first + i] !== bytes[start + i]) return false;
  return true;
}

/** A string with one character for each byte. */
function keyOf(bytes: Uint8Array, start: number, end: number): string {
  let key = '';
  for (let at = start; at < end; at++) key += String.fromCharCode(byteAt(bytes, at));
  return key;
}
