/*
 * Connections that have not logged in: counted in total, and by address. A limit locks nobody out: the member that has been silent
 * for longest is removed. At the limit of an address that is one of that address, else one of the address with the most. So a flood uses up its own
 * places, and a client that connects and logs in is served.
 */
import type { Share } from '../together/counts.ts';

/** Holds members of any kind. */
export class Crowd<T> {
  private readonly all: Share;
  private readonly mostPerAddress: number;
  private readonly end: (member: T) => void;
  /** Those that have been silent for longest come first. */
  private readonly groups = new Map<string, Set<T>>();
  private readonly addresses = new Map<T, string>();

  /** @param end - Must close a member. It is removed already. */
  constructor(all: Share, mostPerAddress: number, end: (member: T) => void) {
    this.all = all;
    this.mostPerAddress = mostPerAddress;
    this.end = end;
    all.watch((part) => this.trim(part?.slice(1)));
  }

  get size(): number {
    return this.addresses.size;
  }

  has(member: T): boolean {
    return this.addresses.has(member);
  }

  /**
   * Adds a member, or notes that a member has sent something. If there are too many now, others are closed.
   *
   * @param address - As `networkOf` returns it; undefined: it has none, and counts only in total.
   */
  add(member: T, address: string | undefined): void {
    this.delete(member);
    const key = address ?? '';
    const group = this.groups.get(key) ?? new Set();
    group.add(member);
    this.groups.set(key, group);
    this.addresses.set(member, key);
    this.tell(key, group.size);
    this.trim(key);
  }

  /** Closes those that are too many. */
  private trim(address: string | undefined): void {
    if (address !== undefined && address !== '') {
      const most = this.all.mostOf(` ${address}`, this.mostPerAddress);
      this.endQuietest(
        () => this.groups.get(address),
        (group) => group.size > most,
      );
    }
    const most = this.all.most;
    this.endQuietest(
      () => this.largest(),
      () => this.size > most,
    );
  }

  private endQuietest(of: () => ReadonlySet<T> | undefined, isTooMuch: (group: ReadonlySet<T>) => boolean): void {
    for (let group = of(); group && group.size > 0 && isTooMuch(group); group = of()) {
      const [member] = group;
      if (member === undefined) return;
      this.delete(member);
      this.end(member);
    }
  }

  private tell(key: string, count: number): void {
    this.all.tell(this.size);
    if (key !== '') this.all.tellOf(` ${key}`, count, this.mostPerAddress);
  }

  /** Notes that a member has sent something. */
  touch(member: T): void {
    const address = this.addresses.get(member);
    const group = address === undefined ? undefined : this.groups.get(address);
    if (group?.delete(member)) group.add(member);
  }

  delete(member: T): void {
    const address = this.addresses.get(member);
    if (address === undefined) return;
    this.addresses.delete(member);
    const group = this.groups.get(address);
    group?.delete(member);
    if (group?.size === 0) this.groups.delete(address);
    this.tell(address, group?.size ?? 0);
  }

  private largest(): ReadonlySet<T> {
    let largest: ReadonlySet<T> = new Set();
    for (const group of this.groups.values()) if (group.size > largest.size) largest = group;
    return largest;
  }
}

/** What counts as one address: for IPv4 the address, for IPv6 the /64, because its owner has all of it. The port is ignored. */
export function networkOf(peer: string | undefined): string | undefined {
  if (peer === undefined) return undefined;
  const bracketed = /^\[(.*)\](:\d+)?$/.exec(peer)?.[1];
  const host = (bracketed ?? peer.replace(/:\d+$/, '')).slice(0, 64).toLowerCase();
  if (!host.includes(':')) return host;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(host)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = host.replace(/%.*$/, '').split('::', 2);
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0)) }, () => '0');
  const groups = [...(first ?? []), ...(tail === undefined ? [] : zeros), ...(last ?? [])];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
