/*
 * Takes files in pieces: one call, many inputs. Each finished piece is reported as progress,
 * and the page sends at most four pieces ahead of that. So this process sets the
 * pace. It keeps the SHA-256 of a file, and throws the file away.
 */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ApplicationError } from 'autostrada';
import { announce } from '../announce.mjs';

export default async function store(service) {
  const limit = 200 * 2 ** 20;
  service.register(
    'upload.file',
    async ([name, size], _kwargs, { furtherInputs, sendProgress, signal }) => {
      if (typeof name !== 'string' || !(size >= 0 && size <= limit))
        throw new ApplicationError('upload.error.too_large', ['A file has at most 200 MB.']);
      const hash = createHash('sha256');
      let received = 0;
      for await (const piece of furtherInputs) {
        if (!(piece instanceof Uint8Array)) throw new ApplicationError('wamp.error.invalid_argument', ['A piece is bytes.']);
        if (received + piece.length > size)
          throw new ApplicationError('upload.error.wrong_size', ['That is more than was announced.']);
        hash.update(piece);
        received += piece.length;
        await setTimeout(8, undefined, { signal }); // a disk would take its time, too
        sendProgress(received);
      }
      if (received !== size)
        throw new ApplicationError('upload.error.wrong_size', [`${size} bytes were announced, ${received} came.`]);
      return { name, size, sha256: hash.digest('hex') };
    },
    { maxConcurrency: 8 },
  );

  await announce(service);
}
