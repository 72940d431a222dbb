// `SendMsg`: the one who may publish to the rooms. It says who it was, since the router says so; and no message is longer than is polite.
import { ApplicationError } from 'autostrada';
import { announce } from '../../announce.mjs';

export default async function chat(service) {
  const limits = { characters: 500, messages: 50 };
  const rooms = new Map(); // by topic: the last messages

  // What was said before this process was started.
  const remember = ([messages], _kwargs, { topic }) => Array.isArray(messages) && !rooms.has(topic) && rooms.set(topic, messages);
  await service.subscribe('chess.chat.room.', remember, { match: 'prefix', get_retained: true }).ready;

  service.register('chess.chat.send_msg', ([room, text], _kwargs, { caller_authid: from }) => {
    if (typeof room !== 'string' || !/^game\d{1,9}$/.test(room))
      throw new ApplicationError('chess.error.no_such_room', ['There is no such room.']);
    if (typeof text !== 'string' || text.trim() === '')
      throw new ApplicationError('chess.error.empty', ['There is nothing to send.']);
    if (text.length > limits.characters)
      throw new ApplicationError('chess.error.too_long', [`A message has at most ${limits.characters} characters.`]);
    const topic = `chess.chat.room.${room}`;
    const messages = [...(rooms.get(topic) ?? []), { from, text: text.trim(), at: Date.now() }].slice(-limits.messages);
    rooms.set(topic, messages);
    service.publish(topic, [messages], null, { retain: true }); // retained, so that later visitors read them, too
  });

  await announce(service);
}
