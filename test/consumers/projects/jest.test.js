// What a user of Jest writes, in CommonJS.
const { Connection } = require('autostrada');
const { Router } = require('autostrada/router');

test('calls by a socket, and in process', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const server = new Connection({ url: router, realm: 'realm1' });
  await server.register('com.example.add', ([a, b]) => a + b).ready;
  for (const url of [router, process.env.ROUTER_URL]) {
    const client = new Connection({ url, realm: 'realm1' });
    expect(await client.call('com.example.add', [2, 3])).toBe(5);
    await client.close();
  }
  await server.close();
  await router.close();
});
