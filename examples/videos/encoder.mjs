// Makes videos available, and says so. Every open page hears of it at once; the last one is retained, for pages that join later.
import { setTimeout } from 'node:timers/promises';
import { ApplicationError } from 'autostrada';
import { announce } from '../announce.mjs';

export default async function encoder(service) {
  let last = 0;
  // The number of the newest video, made by the process before this one. It comes before the procedure is registered.
  const restored = ([video]) => {
    last = Math.max(last, Number(video?.id) || 0);
  };
  await service.subscribe('videos.available', restored, { get_retained: true }).ready;

  service.register('videos.upload', async function* ([title]) {
    if (typeof title !== 'string' || title.trim() === '' || title.length > 80)
      throw new ApplicationError('videos.error.bad_title', ['A title has 1 to 80 characters.']);
    for (let percent = 0; percent < 100; percent += 10) {
      yield percent; // to the uploader
      await setTimeout(60); // hard work
    }
    last += 1;
    const video = { id: last, title: title.trim(), seconds: 30 + ((last * 47) % 600), at: Date.now() };
    service.publish('videos.available', [video], null, { retain: true }); // to all
    return video.id;
  });

  await announce(service);
}
