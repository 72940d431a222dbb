// The same by the API of Autobahn|JS.
import { Connection } from 'autostrada/autobahn';
// Of Node.js: in a page something stands for it, so that code for both can be bundled.
import { Factory } from 'autostrada/autobahn/lib/transport/rawsocket.js';

const connection = new Connection({ url: `${location.origin.replace('http', 'ws')}/ws`, realm: 'realm1' });
connection.onopen = (session) => {
  session.call('com.example.add', [2, 3]).then(
    (sum) => {
      document.title = `2 + 3 = ${sum}, ${new Factory({}).type}`;
    },
    (error) => {
      document.title = String(error);
    },
  );
};
connection.open();
