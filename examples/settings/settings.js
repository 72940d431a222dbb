// What the settings are, for pages and services alike: defaults, and what comes by the wire made safe.

const defaults = { title: 'Autostrada News', hue: 150, pagesPerSecond: 4, quality: '720p' };
const qualities = ['360p', '720p', '1080p', '4K'];

function readSettings(value) {
  const { title, hue, pagesPerSecond, quality } = value ?? {};
  return {
    title: typeof title === 'string' && title !== '' ? title.slice(0, 60) : defaults.title,
    hue: Number.isFinite(hue) ? hue % 360 : defaults.hue,
    pagesPerSecond: pagesPerSecond >= 1 && pagesPerSecond <= 20 ? pagesPerSecond : defaults.pagesPerSecond,
    quality: qualities.includes(quality) ? quality : defaults.quality,
  };
}

// For the web site.
globalThis.put = (id, text) => {
  document.getElementById(id).textContent = String(text);
};
globalThis.presence = (id, state) => {
  const words = { here: 'runs', away: 'is away' };
  globalThis.demo.mark(document.getElementById(id), state === 'here' ? 'here' : 'away', words);
};

globalThis.settings = { defaults, qualities, readSettings };
