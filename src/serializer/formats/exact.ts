/*
 * Values between formats, which lose nothing: an integer is told from a float that has no fraction, and dicts hold any key.
 */

/** A float, whatever its value: `2.0` is another one than the integer 2. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A JavaScript number is an integer within 2^53, a bigint one beyond. */
export type Exact = null | boolean | number | bigint | Float | string | Uint8Array | readonly Exact[] | ReadonlyMap<string, Exact>;
