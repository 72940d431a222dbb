/* How much the bridge does at a time: in total, and for one address. */

export class Traffic {
  private readonly most: number;
  private readonly mostPerAddress: number;
  private readonly byAddress = new Map<string, number>();
  private total = 0;

  constructor(most: number, mostPerAddress: number) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /**
   * @param address - As `networkOf` returns it; undefined: it has none, and counts only in total.
   * @returns A function to call once when it is over; or which limit is reached.
   */
  enter(address: string | undefined): (() => void) | 'total' | 'address' {
    const count = address === undefined ? 0 : (this.byAddress.get(address) ?? 0);
    if (count >= this.mostPerAddress) return 'address';
    if (this.total >= this.most) return 'total';
    this.total++;
    if (address !== undefined) this.byAddress.set(address, count + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.total--;
      if (address === undefined) return;
      const left = (this.byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.byAddress.delete(address);
      else this.byAddress.set(address, left);
    };
  }
}
