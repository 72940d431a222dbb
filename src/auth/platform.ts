/*
 * What `crypto.subtle` can compute is left to it: it is there in Node.js and on secure pages, but not on plain-http ones nor in old browsers. There a
 * library does it, which a page loads only then. So each of these comes twice: `x.ts` for whoever can wait, and `x-now.ts`, by the library, for whoever
 * cannot: a router within the handling of a message, and programs written for Autobahn.
 */

/** Undefined on plain-http pages and in old browsers. */
export function webCrypto(): SubtleCrypto | undefined {
  return (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto?.subtle;
}

/** Old WebCryptos lack some algorithms, and some take no empty key: then it is done `otherwise`, too. */
export async function byPlatform<T>(run: (subtle: SubtleCrypto) => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  const subtle = webCrypto();
  if (subtle) {
    try {
      return await run(subtle);
    } catch {
      // The other way fails too if it is not the platform's fault.
    }
  }
  return otherwise();
}
