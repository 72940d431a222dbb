/** The command line does not say what is wanted. */
export class UsageError extends Error {}
