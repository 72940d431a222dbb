/* Reads files that are named on the command line. */
import { readFileSync } from 'node:fs';

/**
 * The text of a file, without the byte order mark that Windows' editors write.
 *
 * @throws Error that names the file.
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The error of Node.js for a directory does not name it.
    throw message.includes(file) ? error : new Error(`${file}: ${message}`, { cause: error });
  }
}
