/*
 * A router with a store in files, and four publishers, until somebody kills it. Prints a line for each PUBLISHED: publisher, number, publication.
 *
 * Usage: node store-writer.mjs FOLDER NUMBER NUMBER NUMBER NUMBER   (the last number of each publisher)
 */
import { writeSync } from 'node:fs';
import { Connection } from '../../dist/index.mjs';
import { openStore } from '../../dist/node.mjs';
import { Router } from '../../dist/router.mjs';

const [folder, ...lasts] = process.argv.slice(2);
const store = await openStore({ folder });
const history = [{ uri: 'com.example.log.', match: 'prefix', limit: 5000 }];
const router = new Router(
  { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history } } },
  { store, log: ({ level, message }) => level === 'error' && process.stderr.write(`${message}\n`) },
);
writeSync(1, 'open\n');
await Promise.all(
  lasts.map(async (last, publisher) => {
    const connection = new Connection({ url: router, realm: 'realm1' });
    const session = await connection.open();
    for (let n = Number(last) + 1; ; n++) {
      const options = { acknowledge: true, retain: true };
      const { id } = await session.publish(`com.example.log.${publisher}`, [n, 'x'.repeat(n % 500)], null, options);
      writeSync(1, `${publisher} ${n} ${id}\n`);
    }
  }),
);
