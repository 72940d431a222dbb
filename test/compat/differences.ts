/*
 * Where the layer does not do what Autobahn|JS does, and why. The run prints this list; a difference that is not here fails, and so does one that is here
 * and not observed.
 */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** Script and label. */
  readonly at: readonly (readonly [script: string, label: string])[];
}

export const differences: readonly Difference[] = [];
