/*
 * A table of what is kept by id while a request is pending. It is used instead of `Map` for one reason: V8 gives a `Map` a
 * new table again and again while entries come and go, and each old table refers to the next one. As soon as one table has
 * survived a garbage collection, all later tables survive as well, with everything in them, and a call takes twice the time.
 * Here the entries stay within the same two lists.
 */
import type { Id } from '../base/words.ts';

const SMALLEST = 8;
/** The lists of all maps that are empty. */
const NOTHING: never[] = [];
/** Once this many places were needed, they are kept, because a burst may come again. */
const KEPT = 128;

/*
 * The golden ratio, 0.618, puts ids that follow one another at places far apart. A little randomness is added, because peers
 * choose ids as well: a peer that knew the factor could choose ids that all have the same place.
 */
const FACTOR = /* @__PURE__ */ golden();
const FACTOR_OF_HIGH = /* @__PURE__ */ golden();

function golden(): number {
  return 0.618 + Math.random() / 10_000;
}

export class IdMap<V> {
  size = 0;
  /** 0 means free. An entry is at the place of its id, or at the next free place after it. */
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

  /** @returns Whether the id was there. */
  delete(id: Id): boolean {
    const { ids, entries } = this;
    let gap = this.find(id);
    if (ids[gap] !== id) return false;
    const last = ids.length - 1;
    // The entries after it move up, but none moves before its own place.
    for (let at = (gap + 1) & last, other = ids[at]; other; at = (at + 1) & last, other = ids[at]) {
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

  /** The entries, sorted by id: a session's ids grow, so this is the order in which it used them. */
  values(): V[] {
    const ids = this.ids.filter((id) => id > 0).sort((one, other) => one - other);
    return ids.map((id) => this.get(id) as V);
  }

  /** The place of an id, or the place where it would be. */
  private find(id: Id): number {
    const { ids } = this;
    const last = ids.length - 1;
    let at = this.place(id);
    while (ids[at] && ids[at] !== id) at = (at + 1) & last;
    return at;
  }

  private place(id: Id): number {
    let spread = (id >>> 0) * FACTOR; // only the lower 32 bits, so that enough digits of the fraction are left
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
