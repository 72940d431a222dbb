/** Programs written for Autobahn|JS annotate little: what its declarations leave open stays open here. */
// biome-ignore lint/suspicious/noExplicitAny: the types that users know
export type Any = any;
