// The plot by uPlot, and the dial; nothing of it is WAMP.

const shown = 500; // readings: five seconds
const put = (id, text) => {
  document.getElementById(id).textContent = text;
};

function openPlot(place) {
  const columns = [[], [], [], []];
  let count = 0;
  let isNew = false;
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  const colours = () => (isDark.matches ? ['#5fd29a', '#f2c46d', '#7db7ff'] : ['#00713d', '#b26a00', '#1b5fc1']);
  const ink = () => (isDark.matches ? '#9aa69f' : '#5a665f');
  const grid = () => ({ stroke: isDark.matches ? '#303833' : '#e4e8e3', width: 1 });
  let chart;

  function draw() {
    chart?.destroy();
    const axis = { stroke: ink, grid: grid(), ticks: grid() };
    const options = {
      width: place.clientWidth,
      height: Math.min(320, Math.max(220, place.clientWidth * 0.45)),
      scales: { x: { time: false }, y: { range: [-25, 25] } },
      axes: [
        { ...axis, values: (_, splits) => splits.map((split) => `${split} s`) },
        { ...axis, size: 45 },
      ],
      series: [
        { label: 'time' },
        ...['x', 'y', 'z'].map((label, index) => ({ label: `${label}, m/s²`, stroke: colours()[index], width: 1.5 })),
      ],
      cursor: { show: false },
      legend: { live: false },
    };
    chart = new globalThis.uPlot(options, columns, place);
  }

  draw();
  let size = place.clientWidth;
  new ResizeObserver(() => {
    if (size === place.clientWidth) return;
    size = place.clientWidth;
    requestAnimationFrame(draw); // not now, because it changes what is observed
  }).observe(place);
  isDark.addEventListener('change', draw);

  const paint = () => {
    if (isNew) chart.setData(columns);
    isNew = false;
    requestAnimationFrame(paint); // as often as the screen is drawn, not as often as it is measured
  };
  paint();

  let last = 0;
  setInterval(() => {
    put('rate', `${count - last} readings a second`); // iot.css shows it beside a sensor that is plugged in
    last = count;
  }, 1000);

  return {
    add(...reading) {
      if (!reading.every(Number.isFinite)) return;
      const row = [count / 100, ...reading];
      count += 1;
      for (const [index, column] of columns.entries()) {
        column.push(row[index]);
        if (column.length > shown) column.shift();
      }
      isNew = true;
    },
    state(state) {
      const words = { here: 'plugged in', away: 'unplugged' };
      window.demo.mark(document.getElementById('sensor'), state === 'here' ? 'here' : 'away', words);
    },
    /** How many readings have come. */
    get count() {
      return count;
    },
  };
}

function openDial() {
  const slider = document.getElementById('angle');
  const chip = document.getElementById('servo');
  let position;
  let isHeld = false; // by the visitor, until the servo has done it
  const follow = () => {
    if (isHeld || position === undefined) return;
    slider.value = String(position);
    put('wanted', position);
  };
  const dial = {
    onTurn: async () => {},
    show(degrees) {
      if (!Number.isFinite(degrees)) return;
      position = degrees;
      window.demo.mark(chip, 'here', { here: `at ${degrees}°`, away: 'away' });
      document.getElementById('arm').style.rotate = `${degrees}deg`;
      follow();
    },
    state(state) {
      slider.disabled = state !== 'here';
      if (state !== 'here') window.demo.mark(chip, 'away', { away: 'away' });
    },
  };
  slider.oninput = () => {
    isHeld = true;
    put('wanted', slider.value);
  };
  slider.onchange = async () => {
    await dial.onTurn(Number(slider.value));
    isHeld = false;
    follow();
  };
  return dial;
}

window.plot = openPlot(document.getElementById('plot'));
window.dial = openDial();
