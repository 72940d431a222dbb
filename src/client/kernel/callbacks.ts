/* User code as it is called, and where it is told that it went wrong. Types only. */
import type { Dict, Uri } from '../../base/words.ts';
import type { ErrorContext } from '../api/environment.ts';
import type { EventDetails, InvocationDetails } from '../api/payload.ts';

/** A user's handler as it is called: contracts are types only. */
export type AnyHandler = (args: readonly unknown[], kwargs: Dict, details: EventDetails) => unknown;

/** A user's endpoint as it is called: contracts are types only. */
export type AnyEndpoint = (args: readonly unknown[], kwargs: Dict, details: InvocationDetails) => unknown;

/** Tells the user of an error that nobody awaits, and where it happened. */
export type Report = (error: unknown, where: ErrorContext['where'], uri?: Uri) => void;
