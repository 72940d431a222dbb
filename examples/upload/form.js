// The upload's form: progress, pause, cancel; nothing of it is WAMP.

const part = (id) => document.getElementById(id);
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

function openForm(file) {
  const controller = new AbortController();
  let isPaused = false;
  let goOn = () => {};
  let sent = 0;
  const showAhead = (received) => {
    part('ahead').textContent = String(Math.ceil((sent - received) / 65_536));
  };
  let done = 0;

  part('name').textContent = file.name;
  part('upload').hidden = false;
  part('progress').value = 0;
  part('amount').textContent = `0.0 of ${megabytes(file.size)}`;
  part('pause').textContent = 'Pause';
  part('pause').setAttribute('aria-pressed', 'false');
  part('pause').onclick = () => {
    isPaused = !isPaused;
    part('pause').textContent = isPaused ? 'Go on' : 'Pause';
    part('pause').setAttribute('aria-pressed', String(isPaused));
    if (!isPaused) goOn();
  };
  part('cancel').onclick = () => {
    controller.abort(new Error('Cancelled.'));
    goOn();
  };

  return {
    signal: controller.signal,
    async unlessPaused() {
      while (isPaused && !controller.signal.aborted)
        await new Promise((resolve) => {
          goOn = resolve;
        });
    },
    sent(bytes) {
      sent += bytes;
      showAhead(done);
    },
    received(bytes) {
      if (!Number.isFinite(bytes)) return;
      done = bytes;
      part('progress').value = file.size === 0 ? 1 : bytes / file.size;
      part('amount').textContent = `${megabytes(bytes)} of ${megabytes(file.size)}`;
      showAhead(bytes);
    },
  };
}

window.start = (upload) => {
  let isBusy = false;
  const take = async (file) => {
    if (!file || isBusy) return;
    isBusy = true;
    const form = openForm(file);
    window.demo.say('answer', '');
    try {
      const { size, sha256 } = await upload(file, form);
      window.demo.say('answer', `${size.toLocaleString('en')} bytes have arrived. SHA-256: ${sha256}`);
    } catch (error) {
      window.demo.say('answer', form.signal.aborted ? 'Cancelled.' : window.demo.inWords(error, 'The service'), 'bad');
    }
    part('upload').hidden = true;
    part('file').value = '';
    isBusy = false;
  };
  part('file').onchange = () => take(part('file').files[0]);
  part('sample').onclick = () => take(new File([new Uint8Array(8 * 2 ** 20)], 'nothing.bin'));
  const drop = part('drop');
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add('over');
  };
  drop.ondragleave = () => drop.classList.remove('over');
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    void take(event.dataTransfer.files[0]);
  };
};
