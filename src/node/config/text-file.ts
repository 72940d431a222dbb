/* Reads a text file that a person wrote with an editor. Errors name the file. */
import { promises } from 'node:fs';
import { placeIn } from './json-text.ts';

/**
 * The text of a file in UTF-8, without the byte order mark that editors on Windows write.
 *
 * @throws TypeError that names the file: it is a directory, or in UTF-16 or another encoding. Node's error when it cannot be read.
 */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await promises.readFile(file).catch((error: NodeJS.ErrnoException) => {
    // Node's error does not name the file.
    if (error.code === 'EISDIR') throw new TypeError(`${file}: expected a file, got a directory`, { cause: error });
    throw error;
  });
  const text = bytes.toString('utf8');
  const [first, second] = bytes;
  if (
    bytes.length > 1 &&
    (first === 0 || second === 0 || (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
  )
    throw new TypeError(`${file}: expected a text in UTF-8${placeIn(text, 0)}, got one in UTF-16: save it as UTF-8`);
  const wrong = firstDifference(bytes, Buffer.from(text));
  if (wrong >= 0)
    throw new TypeError(
      `${file}: expected a text in UTF-8${placeIn(text, bytes.toString('utf8', 0, wrong).length)}, got other bytes`,
    );
  return text.replace(/^\ufeff/, '');
}

/** Where they begin to differ; -1: nowhere. */
function firstDifference(a: Buffer, b: Buffer): number {
  if (a.equals(b)) return -1;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? a.length : at;
}
