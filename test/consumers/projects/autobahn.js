// The same by the API of Autobahn|JS.
import { Connection } from 'autostrada/autobahn';

const connection = new Connection({ url: `${location.origin.replace('http', 'ws')}/ws`, realm: 'realm1' });
connection.onopen = (session) => {
  session.call('com.example.add', [2, 3]).then(
    (sum) => {
      document.title = `2 + 3 = ${sum}`;
    },
    (error) => {
      document.title = String(error);
    },
  );
};
connection.open();
