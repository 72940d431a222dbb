// What a user of a bundler writes.
import { Connection } from 'autostrada';
import { cryptosign } from 'autostrada/cryptosign';
import { msgpack } from 'autostrada/msgpack';
import { wampcra } from 'autostrada/wampcra';

const connection = new Connection({ url: '/ws', realm: 'realm1', serializers: [msgpack()] });
connection.call('com.example.add', [2, 3]).then(
  (sum) => {
    document.title = `2 + 3 = ${sum}, by ${typeof wampcra} and ${typeof cryptosign}`;
  },
  (error) => {
    document.title = String(error);
  },
);
