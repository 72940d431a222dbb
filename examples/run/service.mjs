/*
 * What every service of the demos begins with: a connection with a key, that lasts as long as the
 * process that started it. Alone, it runs with WAMP_URL, WAMP_REALM and WAMP_KEY in its
 * environment, and the chess demo's auth service with DEMO_DATA, the folder of its accounts.
 */
import { Connection } from 'autostrada';
import { cryptosign } from 'autostrada/cryptosign';

/** `options`: further ones for the connection, such as another `url`. */
export function openService(options = {}) {
  const { WAMP_URL: url, WAMP_REALM: realm, WAMP_KEY: privateKey } = process.env;
  const connection = new Connection({ url, realm, auth: cryptosign({ privateKey }), retry: { maxMs: 2000 }, ...options });
  connection.on('error', (error, { where, uri }) => console.error(`${process.env.SERVICE_NAME}: ${where} ${uri ?? ''}`, error));

  const end = async () => {
    await connection.close();
    process.exit();
  };
  process.once('SIGTERM', end);
  if (process.env.DEMO_IS_CHILD) {
    if (!process.connected) process.exit(); // it has ended already
    process.once('disconnect', end);
    process.on('SIGINT', () => {}); // Ctrl-C goes to all processes of a terminal: the first one ends the others
  } else {
    process.once('SIGINT', end);
  }
  return connection;
}

/**
 * Tells everybody that the service answers: the pages, by an event that is retained, and by a
 * testament when it is gone, however that came; and the process that started this one.
 */
export async function ready(connection) {
  const { WAMP_REALM: realm, SERVICE_NAME: name } = process.env;
  const topic = `${realm}.service.${name}`;
  const announce = async (session) => {
    await session.call('wamp.session.add_testament', [topic, ['away'], {}], { publish_options: { retain: true } });
    session.publish(topic, ['here'], null, { retain: true });
  };
  await Promise.all(connection.handles.map((handle) => handle.ready));
  await announce(await connection.open());
  connection.on('open', announce);
  if (process.connected) process.send('ready');
}
