/*
 * `crypto.subtle` does the work if it can. Node.js and secure pages have it; pages over plain HTTP and old browsers do not.
 * There a library does the work, and a page loads it only then. So each algorithm is here twice. `x.ts` is asynchronous.
 * `x-now.ts` uses the library and is synchronous, for a router that handles a message, and for programs written for Autobahn.
 */

/** The parts of `SubtleCrypto` that we use. Its own types exclude bytes that could be in shared memory. */
export interface Subtle {
  digest(algorithm: string, bytes: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: 'raw' | 'pkcs8',
    bytes: Uint8Array,
    algorithm: string | { readonly name: string; readonly hash: string },
    isExtractable: boolean,
    usages: readonly KeyUsage[],
  ): Promise<CryptoKey>;
  exportKey(format: 'jwk', key: CryptoKey): Promise<JsonWebKey>;
  sign(algorithm: string, key: CryptoKey, message: Uint8Array): Promise<ArrayBuffer>;
  verify(algorithm: string, key: CryptoKey, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
  deriveBits(
    algorithm: { readonly name: string; readonly hash: string; readonly salt: Uint8Array; readonly iterations: number },
    key: CryptoKey,
    length: number,
  ): Promise<ArrayBuffer>;
}

/** Undefined on pages over plain HTTP and in old browsers. */
export function webCrypto(): Subtle | undefined {
  return (globalThis as { readonly crypto?: { readonly subtle?: Subtle } }).crypto?.subtle;
}

/**
 * Runs the platform's algorithm. If that fails, `otherwise` runs: an old WebCrypto lacks some algorithms, and some refuse an
 * empty key.
 */
export async function byPlatform<T>(run: (subtle: Subtle) => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
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
