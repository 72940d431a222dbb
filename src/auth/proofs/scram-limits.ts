/* How much work a login by SCRAM may be. It limits what we compute, and it slows down anybody who guesses passwords. */
export const defaults = {
  minIterations: 4096,
  maxIterations: 1_000_000,
  iterations: 100_000,
  memoryKiB: 19_456,
  argon2Iterations: 2,
} as const;
const MAX_MEMORY_KIB = 2 ** 20;
const [MIN_WORK_KIB, MAX_WORK_KIB] = [2 ** 12, 2 ** 24];

/** Whether this is neither too little nor too much of Argon2id. The product of memory and iterations is the measure of work. */
export function isModerate(memoryKiB: number, iterations: number): boolean {
  const work = memoryKiB * iterations;
  return memoryKiB <= MAX_MEMORY_KIB && work >= MIN_WORK_KIB && work <= MAX_WORK_KIB;
}

/** Whether a client with the default limits (`minIterations`, `maxIterations`) computes what this entry asks for. */
export function isUsual({
  kdf,
  iterations,
  memory = 0,
}: {
  readonly kdf: string;
  readonly iterations: number;
  readonly memory?: number | undefined;
}): boolean {
  if (iterations > defaults.maxIterations) return false;
  if (kdf === 'pbkdf2') return iterations >= defaults.minIterations;
  return isModerate(memory, iterations);
}
