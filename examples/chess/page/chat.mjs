// The chat of one room: what was said is retained, what I say is a call to the chat service.
import { byId, inWords, make, show } from './dom.mjs';

export function openChat(connection, room) {
  const list = byId('talk');
  list.replaceChildren();
  window.demo.say('chat-problem', '');
  show('chat', true);

  const hear = ([messages]) => {
    if (!Array.isArray(messages)) return;
    const rows = messages.map((message) =>
      make('li', {}, make('b', { textContent: String(message?.from) }), make('span', { textContent: String(message?.text) })),
    );
    list.replaceChildren(...rows);
    list.scrollTop = list.scrollHeight;
  };
  const handle = connection.subscribe(`chess.chat.room.${room}`, hear, { get_retained: true });

  byId('say').onsubmit = async (event) => {
    event.preventDefault();
    const input = byId('words');
    if (input.value.trim() === '') return;
    try {
      await connection.call('chess.chat.send_msg', [room, input.value], null, { whenOffline: 'fail', timeoutMs: 10_000 });
      input.value = '';
      window.demo.say('chat-problem', '');
    } catch (error) {
      window.demo.say('chat-problem', inWords(error), 'bad');
    }
  };
  return () => {
    handle.unsubscribe();
    show('chat', false);
  };
}
