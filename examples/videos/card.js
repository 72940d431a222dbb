// What the page looks like when a video comes; nothing of it is WAMP.

const known = new Set();

window.showVideo = (video, isNew) => {
  if (typeof video?.title !== 'string' || known.has(video.id)) return; // after a reconnect the last one comes again
  known.add(video.id);
  const card = document.createElement('li');
  card.classList.toggle('new', isNew);
  const picture = document.createElement('span');
  picture.className = 'picture';
  picture.style.setProperty('--hue', String((Number(video.id) * 67) % 360));
  const minutes = `${Math.floor(video.seconds / 60)}:${String(video.seconds % 60).padStart(2, '0')}`;
  picture.dataset.length = minutes;
  const text = document.createElement('span');
  const title = document.createElement('b');
  title.textContent = video.title;
  const when = document.createElement('small');
  when.textContent = `${isNew ? 'just now' : 'before this page was opened'} · ${new Date(video.at).toLocaleTimeString()}`;
  text.append(title, when);
  card.append(picture, text);
  document.getElementById('videos').prepend(card);
};

/** Nothing: it is over. */
window.showProgress = (percent) => {
  const bar = document.getElementById('progress');
  bar.hidden = percent === undefined;
  bar.value = percent ?? 0;
};
