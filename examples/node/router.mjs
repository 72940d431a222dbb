// A router with a port, and the pages of a folder beside it: node router.mjs [folder] [port]
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';

const router = new Router({ realms: { realm1: 'open' } });
const listener = await listen(router, { port: Number(process.argv[3] ?? 8080), web: process.argv[2] ?? './public' });
console.log(`router at ${listener.url}`);

process.once('SIGINT', async () => {
  await listener.close();
  await router.close(); // GOODBYE to every session
});
