import { SerializationError } from '../../base/errors.ts';

/** @returns The error if a message cannot be encoded. Every other exception goes on. */
export function attempt(send: () => void): SerializationError | undefined {
  try {
    send();
    return undefined;
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
}
