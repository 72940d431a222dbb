/* Our router as it is built, in a process of its own: open to everybody, and with a user for each login. Its parent asks it to close. */
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';

const [web, raw] = process.argv.slice(2).map(Number);
/** The derived key of petra and the keys of carol are those of `secret2` and `secret3`, as Crossbar.io's in crossbar.ts. */
const users = {
  joe: { ticket: 'secret1' },
  peter: { wampcra: { secret: 'secret2' } },
  petra: { wampcra: { key: 'nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=', salt: 'salt123', iterations: 1000, keylen: 32 } },
  client01: { cryptosign: { publicKeys: ['03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'] } },
  carol: {
    scram: {
      kdf: 'pbkdf2',
      iterations: 4096,
      salt: Buffer.from('a0b1c2d3e4f5061728394a5b6c7d8e9f', 'hex').toString('base64'),
      storedKey: Buffer.from('2f049f3ba39d3539c68eb7758ffcce5aa8c35eca440783052c9e1ba7550de4b4', 'hex').toString('base64'),
      serverKey: Buffer.from('f7217047dd19072edc2628396dbea63a90054e468b900d111bce7056c5f0759f', 'hex').toString('base64'),
    },
  },
};
const realm1 = {
  anonymous: 'user',
  authroles: { user: { permissions: 'all' } },
  users: Object.fromEntries(Object.entries(users).map(([authid, proof]) => [authid, { authrole: 'user', ...proof }])),
};
const log = ({ level, message }) => level === 'debug' || process.stderr.write(`router: ${level}: ${message}\n`);
const router = new Router({ realms: { realm1 } }, { log });
const listeners = [await listening(web, ['websocket', 'longpoll']), await listening(raw, ['rawsocket'])];
process.on('message', async () => {
  for (const listener of listeners) await listener.close();
  await router.close();
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));
process.send(listeners.map(({ port }) => port));

/** A router that was killed here may not have let go of the port. */
async function listening(port, protocols, attempt = 1) {
  try {
    return await listen(router, { port, protocols });
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || attempt === 50) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return listening(port, protocols, attempt + 1);
  }
}
