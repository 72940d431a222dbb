/*
 * The heap, as small as the collector makes it.
 */

/** In bytes. Needs `--expose-gc`. */
export async function heapUsed(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error('expected node to run with --expose-gc');
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20)); // for what a collection has finalized
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

/** Within 5 % or 2 MB. */
export function isBack(bytes: number, start: number): boolean {
  return bytes - start <= Math.max(0.05 * start, 2e6);
}
