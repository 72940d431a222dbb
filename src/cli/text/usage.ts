/** The command line is wrong. */
export class UsageError extends Error {}

/** The text of an exception. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
