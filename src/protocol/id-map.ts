/*
 * What is kept by id for the length of a request. A `Map` would do, but not for long: each time V8 makes room in one, the old table keeps the
 * new one alive; once one of them has outlived a collection, all that come after it do so, too, with everything in them, and a call costs
 * twice. These tables are written in place, and know nothing of each other.
 */
import type { Id } from '../words.ts';

const SMALLEST = 8;
/** Of all that hold nothing yet. */
const NOTHING: never[] = [];
/** So many places are kept once they were needed: bursts come again. */
const KEPT = 128;

/*
 * Ids that follow one another are spread evenly by the golden ratio. Others choose ids as well, and must not know which share a place; so it
 * is only about that.
 */
const FACTOR = /* @__PURE__ */ golden();
const FACTOR_OF_HIGH = /* @__PURE__ */ golden();

function golden(): number {
  return 0.618 + Math.random() / 10_000;
}

export class IdMap<V> {
  size = 0;
  /** 0: free. From the place of its id on an entry has no free one before it. */
  private ids: Id[] = NOTHING;
  private entries: (V | undefined)[] = NOTHING;

  get(id: Id): V | undefined {
    return this.entries[this.find(id)];
  }

  has(id: Id): boolean {
    return this.ids[this.find(id)] === id;
  }

  set(id: Id, value: V): void {
    let at = this.find(id);
    if (this.ids[at] !== id) {
      if (++this.size * 2 > this.ids.length) {
        this.rebuild(Math.max(SMALLEST, this.ids.length * 2));
        at = this.find(id);
      }
      this.ids[at] = id;
    }
    this.entries[at] = value;
  }

  /** @returns Whether it was there. */
  delete(id: Id): boolean {
    const { ids, entries } = this;
    let gap = this.find(id);
    if (ids[gap] !== id) return false;
    const last = ids.length - 1;
    // What comes after it moves up, unless that would be before its own place.
    for (let at = (gap + 1) & last; ids[at]; at = (at + 1) & last) {
      const other = ids[at] as Id;
      if (((at - this.place(other)) & last) < ((at - gap) & last)) continue;
      ids[gap] = other;
      entries[gap] = entries[at];
      gap = at;
    }
    ids[gap] = 0;
    entries[gap] = undefined;
    if (--this.size * 8 < last && last >= KEPT) this.rebuild(ids.length / 2);
    return true;
  }

  clear(): void {
    this.size = 0;
    this.ids = NOTHING;
    this.entries = NOTHING;
  }

  /** As they are now, by their ids: those that a session gives come in the order in which it gave them. */
  values(): V[] {
    const ids = this.ids.filter((id) => id > 0).sort((one, other) => one - other);
    return ids.map((id) => this.get(id) as V);
  }

  /** Where it is, or else where it would be. */
  private find(id: Id): number {
    const { ids } = this;
    const last = ids.length - 1;
    let at = this.place(id);
    while (ids[at] && ids[at] !== id) at = (at + 1) & last;
    return at;
  }

  private place(id: Id): number {
    let spread = (id >>> 0) * FACTOR; // the lower 32 bits, so that enough of the fraction is left
    if (id >= 2 ** 32) spread += Math.floor(id / 2 ** 32) * FACTOR_OF_HIGH;
    return ((spread - Math.floor(spread)) * this.ids.length) | 0;
  }

  private rebuild(count: number): void {
    const { ids, entries } = this;
    this.ids = free(count, 0);
    this.entries = free(count, undefined);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (!id) continue;
      const at = this.find(id);
      this.ids[at] = id;
      this.entries[at] = entries[i];
    }
  }
}

function free<T>(count: number, nothing: T): T[] {
  const places: T[] = [];
  while (places.length < count) places.push(nothing);
  return places;
}
