// Answers and listens, as the first windows of the demos do. Start the router first: npm start
import { Connection } from 'autostrada';

const connection = new Connection({ url: process.argv[2] ?? 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
process.once('SIGINT', () => connection.close()); // then nothing keeps the process

try {
  await connection.register('callMeMaybe', ([message]) => {
    console.log('called:', message);
    return `Node.js ${process.version}`;
  }).ready;

  await connection.subscribe('fascinatingSubject', ([news]) => {
    console.log('news:', news);
  }).ready;

  console.log('waiting for calls and news (Ctrl-C stops it)');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
  await connection.close();
}
