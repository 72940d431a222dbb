/*
 * Before everything else where an engine has no page around it: window, timers, base64, and a WebSocket that plays a tape (realm.ts). What
 * the client sends must be what is on the tape, binary frames to the byte; then come the answers. Time is virtual: `playAll` goes from timer to timer.
 */
var window = (function () {
  return this;
})();
window.self = window;
(function (root) {
  'use strict';
  var queue = [];
  var lastId = 0;
  var now = 0;
  root.setTimeout = function (callback, ms) {
    queue.push({ id: ++lastId, at: now + (ms > 0 ? ms : 0), callback: callback });
    return lastId;
  };
  root.clearTimeout = function (id) {
    queue = queue.filter(function (timer) {
      return timer.id !== id;
    });
  };
  root.playAll = function (isOver) {
    while (queue.length > 0 && !isOver()) {
      queue.sort(function (a, b) {
        return a.at - b.at || a.id - b.id;
      });
      var timer = queue.shift();
      now = timer.at;
      timer.callback();
    }
  };

  // Internet Explorer 10 has these; here nobody does.
  var alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  root.btoa = function (binary) {
    var text = '';
    for (var i = 0; i < binary.length; i += 3) {
      var bits = (binary.charCodeAt(i) << 16) | ((binary.charCodeAt(i + 1) || 0) << 8) | (binary.charCodeAt(i + 2) || 0);
      text += alphabet.charAt(bits >> 18) + alphabet.charAt((bits >> 12) & 63);
      text += i + 1 < binary.length ? alphabet.charAt((bits >> 6) & 63) : '=';
      text += i + 2 < binary.length ? alphabet.charAt(bits & 63) : '=';
    }
    return text;
  };
  root.atob = function (text) {
    var binary = '';
    for (var i = 0; i < text.length; i += 4) {
      var bits = 0;
      for (var j = 0; j < 4; j++) bits = (bits << 6) | Math.max(0, alphabet.indexOf(text.charAt(i + j)));
      binary += String.fromCharCode(bits >> 16);
      if (text.charAt(i + 2) !== '=') binary += String.fromCharCode((bits >> 8) & 255);
      if (text.charAt(i + 3) !== '=') binary += String.fromCharCode(bits & 255);
    }
    return binary;
  };

  function toHex(bytes) {
    var hex = '';
    for (var i = 0; i < bytes.length; i++) hex += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
    return hex;
  }
  function toBuffer(hex) {
    var bytes = new Uint8Array(hex.length / 2);
    for (var i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substr(2 * i, 2), 16);
    return bytes.buffer;
  }

  /** As this engine writes it: some escape U+2028, some do not. */
  function here(json) {
    return JSON.stringify(JSON.parse(json));
  }

  var lines = 0;
  function ScriptedSocket(url, protocols) {
    var self = this;
    this.readyState = 0;
    this.bufferedAmount = 0;
    this.binaryType = 'blob';
    this.line = root.tape[lines++];
    this.at = 0;
    if (!this.line) throw new Error('no more lines on the tape');
    if (this.line.protocol && protocols.indexOf(this.line.protocol) < 0)
      throw new Error('offered ' + protocols + ', on the tape is ' + this.line.protocol);
    root.setTimeout(function () {
      if (!self.line.protocol) return self.end(Number(self.line.frames[0][1]));
      self.readyState = 1;
      self.protocol = self.line.protocol;
      self.onopen({});
    }, 1);
  }
  ScriptedSocket.prototype.send = function (data) {
    var frame = this.line.frames[this.at++];
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw new Error('sent no text and no bytes of the platform');
    var got = typeof data === 'string' ? here(data) : toHex(data);
    var wanted = frame && frame[0] === '>' ? (typeof frame[1] === 'string' ? here(frame[1]) : frame[1][0]) : 'nothing';
    if (got !== wanted) {
      root.mismatches.push(
        'line ' + lines + ', frame ' + this.at + ': expected ' + wanted.slice(0, 500) + ', got ' + got.slice(0, 500)
      );
      return;
    }
    this.play();
  };
  /** What comes from the far end, up to what the client says next. */
  ScriptedSocket.prototype.play = function () {
    for (; this.at < this.line.frames.length && this.line.frames[this.at][0] !== '>'; this.at++)
      this.hear(this.line.frames[this.at]);
  };
  ScriptedSocket.prototype.hear = function (frame) {
    var self = this;
    root.setTimeout(function () {
      if (frame[0] === 'x') self.end(Number(frame[1]));
      else if (self.readyState === 1) self.onmessage({ data: typeof frame[1] === 'string' ? frame[1] : toBuffer(frame[1][0]) });
    }, 1);
  };
  ScriptedSocket.prototype.end = function (code) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose({ code: code, reason: '', wasClean: code === 1000 });
  };
  ScriptedSocket.prototype.close = function () {
    var self = this;
    root.setTimeout(function () {
      self.end(1000);
    }, 1);
  };
  root.mismatches = [];
  root.WebSocket = ScriptedSocket;
})(window);
