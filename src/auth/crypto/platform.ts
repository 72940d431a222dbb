/*
 * `crypto.subtle` does the work if it can. Node.js and secure pages have it; pages over plain HTTP and old browsers do not.
 * There a library does the work, and a page loads it only then. So each algorithm is here twice. `x.ts` is asynchronous.
 * `x-now.ts` uses the library and is synchronous, for a router that handles a message, and for programs written for Autobahn.
 */

/** Undefined on pages over plain HTTP and in old browsers. */
export function webCrypto(): SubtleCrypto | undefined {
  return (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto?.subtle;
}

/**
 * Runs the platform's algorithm. If that fails, `otherwise` runs: an old WebCrypto lacks some algorithms, and some refuse an
 * empty key.
 */
export async function byPlatform<T>(run: (subtle: SubtleCrypto) => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  const subtle = webCrypto();
  if (subtle) {
    try {
      return await run(subtle);
    } catch {
      // If the platform was not the reason, `otherwise` fails as well.
    }
  }
  return otherwise();
}
