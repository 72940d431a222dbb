/* User code as it is called, and where it is told that it went wrong. Types only. */
import type { Uri } from '../../words.ts';
import type { ErrorContext } from '../api/environment.ts';

/** A user's handler as it is called: contracts are types only. */
export type AnyHandler = (args: never, kwargs: never, details: never) => unknown;

/** A user's endpoint as it is called: contracts are types only. */
export type AnyEndpoint = (args: never, kwargs: never, details: never) => unknown;

/** Tells the user of an error that nobody awaits, and where it happened. */
export type Report = (error: unknown, where: ErrorContext['where'], uri?: Uri) => void;
