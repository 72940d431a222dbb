/* Names that become labels of metrics. Code may give any authrole to a user, so there is a bound. */

const MOST = 100;

/** Stands for all names beyond the bound. */
export const OTHER = 'other';

/** Knows the names that come first. The others are `other`, now and later. */
export class Names {
  private readonly known = new Set<string>();

  label(name: string): string {
    if (this.known.has(name)) return name;
    if (this.known.size >= MOST) return OTHER;
    this.known.add(name);
    return name;
  }
}
