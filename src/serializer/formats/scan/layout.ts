/* What a scan finds in a frame. */

/** The number of elements whose place a layout contains: no message of WAMP has more. */
export const MAX_ELEMENTS = 8;

/** The result of a scan. The next scan of the same format uses the same object again. */
export interface Layout {
  /** The number of elements in the outer list. */
  readonly count: number;
  /** Where the first `MAX_ELEMENTS` elements begin and end in the frame, without white space around them. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /**
   * Set if the frame is well-formed but no receiver can be given it: what is wrong (nested too deeply, invalid UTF-8), and
   * the first such element.
   */
  readonly unfit: string | undefined;
  readonly unfitAt: number;
  /** CBOR: the frame contains references to other parts of it, so no slice of it can be used alone. */
  readonly hasReferences: boolean;
}

/** What the scans of all formats have in common. */
export abstract class Scan implements Layout {
  count = 0;
  readonly starts: Int32Array = new Int32Array(MAX_ELEMENTS);
  readonly ends: Int32Array = new Int32Array(MAX_ELEMENTS);
  unfit: string | undefined;
  unfitAt = 0;
  hasReferences = false;
}

export function tooDeep(maxDepth: number): string {
  return `expected a value nested no deeper than ${maxDepth}`;
}
