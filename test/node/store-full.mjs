/*
 * A router with a store, on a disk that is full for a while: the size of files is limited, and later it is not. Prints the numbers that were acknowledged, and kills itself.
 *
 * Usage: bash -c "trap '' XFSZ; ulimit -S -f 1024; exec node store-full.mjs FOLDER"
 */
import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Connection } from '../../dist/index.mjs';
import { openStore } from '../../dist/node.mjs';
import { Router } from '../../dist/router.mjs';

const store = await openStore({ folder: process.argv[2] });
const history = [{ uri: 'com.example.log', limit: 10_000 }];
const config = { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history } } };
const router = new Router(config, { store, log: ({ message }) => /store/.test(message) && writeSync(1, `log ${message}\n`) });
const session = await new Connection({ url: router, realm: 'realm1' }).open();
const options = { acknowledge: true, retain: true };

async function publish(n) {
  try {
    await session.publish('com.example.log', [n, 'x'.repeat(1000)], null, options);
    writeSync(1, `kept ${n}\n`);
    return true;
  } catch (error) {
    writeSync(1, `not ${n} ${error.uri}\n`);
    return false;
  }
}

let n = 1;
while (await publish(n)) n++;
for (let more = 0; more < 20; more++) await publish(++n);
writeSync(1, `count ${await session.call('wamp.session.count')}\n`); // all else goes on
execFileSync('prlimit', [`--pid=${process.pid}`, '--fsize=unlimited:']);
while (!(await publish(++n))) await setTimeout(100);
for (let more = 0; more < 50; more++) await publish(++n);
process.kill(process.pid, 'SIGKILL');
