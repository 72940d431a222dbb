// Calls and publishes, as the buttons of the demos do. service.mjs or a browser window answers.
import { Connection } from 'autostrada';

const connection = new Connection({ url: process.argv[2] ?? 'ws://127.0.0.1:8080/ws', realm: 'realm1' });

try {
  await connection.publish('fascinatingSubject', ['Node.js was here'], {}, { acknowledge: true });
  console.log('answer:', await connection.call('callMeMaybe', ['hello from Node.js']));
} catch (error) {
  const isNobody = error.uri === 'wamp.error.no_such_procedure';
  console.error(isNobody ? 'nobody answers: run service.mjs, or open /callmemaybe/ in a browser' : error.message);
  process.exitCode = 1;
} finally {
  await connection.close();
}
