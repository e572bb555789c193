// One sentence from the microphone: it ends when nobody speaks any more. Nothing is recorded before the button or after the end.
const RATE = 16000, BLOCK = 1024;
const QUIET_S = 0.8, LONGEST_S = 12, NOBODY_S = 5; // silence that ends it; no sentence is longer; nobody began to speak
const LOUDER = 3, LEAST = 0.004; // a voice is so much louder than the quietest moment, and at least this

// Resolves to a WAV file as base64, or null where nobody spoke. `stop` is given a function that ends it.
export async function sentence(stop) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  let context;
  try {
    context = new AudioContext(); // at the rate of the microphone: not every browser joins two rates
    await context.audioWorklet.addModule("/static/microphone.mjs");
    const recorder = new AudioWorkletNode(context, "recorder");
    context.createMediaStreamSource(stream).connect(recorder);
    const blocks = await collected(recorder.port, stop, context.sampleRate);
    return blocks && base64(wave(slower(blocks, context.sampleRate)));
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    await context?.close();
  }
}

function collected(port, stop, rate) {
  return new Promise((resolve) => {
    const blocks = [];
    let floor = Infinity, spoken = 0, quiet = 0;
    const end = () => { port.onmessage = null; resolve(spoken > 2 ? blocks : null); };
    stop(end);
    port.onmessage = ({ data }) => {
      blocks.push(data);
      const loud = Math.sqrt(data.reduce((sum, one) => sum + one * one, 0) / data.length);
      floor = Math.min(floor, Math.max(loud, LEAST / LOUDER));
      if (loud > LOUDER * floor) { spoken += 1; quiet = 0; } else quiet += 1;
      const seconds = (count) => (count * BLOCK) / rate;
      if ((spoken > 2 && seconds(quiet) > QUIET_S) || (spoken <= 2 && seconds(blocks.length) > NOBODY_S) || seconds(blocks.length) > LONGEST_S) end();
    };
  });
}

// All blocks as one sound at RATE: each sample is the mean of those that fall into its time, which keeps out what is too high.
function slower(blocks, rate) {
  const all = new Float32Array(blocks.length * BLOCK), step = rate / RATE;
  blocks.forEach((block, number) => all.set(block, number * BLOCK));
  return Float32Array.from({ length: Math.floor(all.length / step) }, (_, place) => {
    const from = Math.floor(place * step), to = Math.max(from + 1, Math.floor((place + 1) * step));
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += all[at];
    return sum / (to - from);
  });
}

function wave(samples) {
  const data = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((one, place) => data.setUint8(at + place, one.charCodeAt(0)));
  text(0, "RIFF"); data.setUint32(4, data.byteLength - 8, true); text(8, "WAVEfmt ");
  data.setUint32(16, 16, true); data.setUint16(20, 1, true); data.setUint16(22, 1, true);
  data.setUint32(24, RATE, true); data.setUint32(28, RATE * 2, true); data.setUint16(32, 2, true); data.setUint16(34, 16, true);
  text(36, "data"); data.setUint32(40, data.byteLength - 44, true);
  samples.forEach((one, place) => data.setInt16(44 + 2 * place, 32767 * Math.max(-1, Math.min(1, one)), true));
  return new Uint8Array(data.buffer);
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

// Says a reply aloud, with the browser's own voice, where it has one.
export function aloud(text) {
  if (!window.speechSynthesis) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : "en";
  window.speechSynthesis.speak(said);
}
