/* Our router as it is built, in a process of its own: open to everybody, and with a user for each login. Its parent asks it to close. */
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';

const [web, raw] = process.argv.slice(2).map(Number);
const base64 = (hex) => Buffer.from(hex, 'hex').toString('base64');
/** The derived key of petra and the keys of carol and dave are those of `secret2`, `secret3` and `secret4`, as Crossbar.io's in crossbar.ts. */
const users = {
  joe: { ticket: 'secret1' },
  peter: { wampcra: { secret: 'secret2' } },
  petra: { wampcra: { key: 'nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=', salt: 'salt123', iterations: 1000, keylen: 32 } },
  client01: { cryptosign: { publicKeys: ['03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'] } },
  carol: {
    scram: {
      kdf: 'pbkdf2',
      iterations: 4096,
      salt: base64('a0b1c2d3e4f5061728394a5b6c7d8e9f'),
      storedKey: base64('2f049f3ba39d3539c68eb7758ffcce5aa8c35eca440783052c9e1ba7550de4b4'),
      serverKey: base64('f7217047dd19072edc2628396dbea63a90054e468b900d111bce7056c5f0759f'),
    },
  },
  'dave@example.com': {
    scram: {
      kdf: 'argon2id-13',
      iterations: 2,
      memory: 4096,
      salt: base64('00112233445566778899aabbccddeeff'),
      storedKey: base64('f4425a51d4a95c4e343853a29faa2a4cff99af033863c2f9fcecac156cc410c3'),
      serverKey: base64('e4acd58f326fe63847d3175ffc6db51b73688b8415fd231b7614f9fa3b56dd0d'),
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
