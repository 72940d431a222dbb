// A router in one file, for a server without node_modules.
import { Connection } from 'autostrada';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';

const main = async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0 });
  const connection = new Connection({ url: listener.url, realm: 'realm1' });
  await connection.register('com.example.add', ([a, b]) => a + b).ready;
  console.log(`2 + 3 = ${await connection.call('com.example.add', [2, 3])}`);
  await connection.close();
  await listener.close();
  await router.close();
};
void main();
