/*
 * The keys of the dicts that are being written, each as the bytes that it became: of two members of the same key the last one counts. Dicts in
 * dicts are a stack, and nothing is allocated for a dict of a few members.
 */

/** From here on a dict gets a table; a few keys are compared one by one. */
const FEW = 12;

export class MemberKeys {
  /** Two numbers a member: where it begins, which is where its key begins, and where its key ends; -1: a later member has replaced it. */
  private spans: Int32Array = new Int32Array(64);
  private top = 0;
  /** Of the innermost dict. */
  private base = 0;
  private replaced = 0;
  private table: Map<string, number> | undefined;
  /** Of the dicts around it, `base`, `replaced` and `table` in this order. */
  private readonly outer: (number | Map<string, number> | undefined)[] = [];

  /** The first member of a dict follows. */
  open(): void {
    this.outer.push(this.base, this.replaced, this.table);
    this.base = this.top;
    this.replaced = 0;
    this.table = undefined;
  }

  /** @returns How many members of the innermost dict were replaced. */
  close(): number {
    const { replaced } = this;
    this.top = this.base;
    this.table = this.outer.pop() as Map<string, number> | undefined;
    this.replaced = this.outer.pop() as number;
    this.base = this.outer.pop() as number;
    return replaced;
  }

  /** A member begins. */
  begin(at: number): void {
    if (this.top + 2 > this.spans.length) this.grow();
    this.spans[this.top] = at;
  }

  /** Its key ends. Of a member that it replaces it is added where that one begins and ends. */
  end(bytes: Uint8Array, at: number, starts: number[], ends: number[]): void {
    const { spans, top } = this;
    const twin = this.twin(bytes, spans[top] as number, at);
    spans[top + 1] = at;
    this.top += 2;
    if (twin < 0) return;
    this.replaced++;
    spans[twin + 1] = -1;
    starts.push(spans[twin] as number);
    ends.push(spans[twin + 2] as number);
  }

  /** The place of the member that has this key already; -1: none. */
  private twin(bytes: Uint8Array, start: number, end: number): number {
    const { spans, top, base } = this;
    if (this.table ?? top - base >= 2 * FEW) return this.tableTwin(bytes, start, end);
    for (let i = base; i < top; i += 2) {
      const first = spans[i] as number;
      if ((spans[i + 1] as number) - first === end - start && isSame(bytes, first, start, end)) return i;
    }
    return -1;
  }

  private tableTwin(bytes: Uint8Array, start: number, end: number): number {
    const { spans, top } = this;
    if (!this.table) {
      this.table = new Map();
      for (let i = this.base; i < top; i += 2) {
        if ((spans[i + 1] as number) >= 0) this.table.set(keyOf(bytes, spans[i] as number, spans[i + 1] as number), i);
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

/** A character for each byte. */
function keyOf(bytes: Uint8Array, start: number, end: number): string {
  let key = '';
  for (let at = start; at < end; at++) key += String.fromCharCode(bytes[at] as number);
  return key;
}
