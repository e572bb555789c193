// The console's first page: rooms, a box to talk, consent, why.
import { Fragment, h, render } from "./vendor/preact.mjs";
import { useEffect, useState } from "./vendor/preact-hooks.mjs";
import htm from "./vendor/htm.mjs";
import { signal } from "./vendor/signals.mjs";
import { alarms, areas, ask, connected, entities, follow, members, orders, plans, reminders, site, stopped, traces } from "./site.mjs";
import { shrunk } from "./picture.mjs";
import { aloud, sentence } from "./voice.mjs";
import { say } from "./words.mjs";

const html = htm.bind(h);
const trouble = signal("");
const waiting = signal([]); // words that are being understood
const here = signal("");
const pictures = signal([]); // what was seen in those that were shown, the newest first
const attempt = (request) => ask(request).then((result) => ((trouble.value = result?.kind === "error" ? result.text : ""), result)).catch((error) => { trouble.value = error.message; });

function Entity({ id }) {
  const one = entities.get(id)?.value;
  const [open, setOpen] = useState(false);
  if (!one) return null;
  const more = Object.entries(one.values).filter(([, value]) => value !== one.state).map(([name, value]) => `${name} ${value}`).join(" · ");
  return html`<li class=${`entity ${one.active ? "active" : ""} ${one.online ? "" : "gone"}`}>
    <button class="row" aria-expanded=${open} disabled=${!one.acts.length} onClick=${() => setOpen(!open)}>
      <span class="name">${one.name}</span><span class="state">${one.online ? one.state : say("offline")}</span>
      ${more && html`<span class="more">${more}</span>`}
    </button>
    ${open && html`<div class="acts">${one.acts.map((act) => html`
      <button key=${act.label} onClick=${() => attempt({ op: "do", sentence: act.sentence })}>${act.label}</button>`)}</div>`}
  </li>`;
}

// Seconds until then, as on a kitchen timer.
function left(endsAt, now) {
  const seconds = Math.max(0, Math.round(endsAt - now / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return [...(hours ? [hours] : []), hours ? String(minutes).padStart(2, "0") : minutes, String(rest).padStart(2, "0")].join(":");
}

function Reminders() {
  const [now, setNow] = useState(Date.now());
  const running = reminders.value.some((one) => one.ends_at !== null);
  useEffect(() => {
    if (!running) return undefined;
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, [running]);
  if (!reminders.value.length) return null;
  return html`<section class="reminders"><h2>${say("Timers and alarms")}</h2><ul>${reminders.value.map((one) => html`
    <li key=${one.id} class="row"><span class="name">${one.alarm ? one.text : one.text || say("Timer")}</span>
      <span class="state">${one.alarm ? say("alarm") : one.ends_at === null ? `${one.left}, ${say("paused")}` : left(one.ends_at, now)}</span></li>`)}</ul></section>`;
}

function Orders() {
  const change = async (request) => { orders.value = (await attempt({ op: "orders", ...request })) ?? orders.value; };
  const edit = (one) => {
    const sentence = window.prompt(say("What stands instead"), one.sentence);
    if (sentence && sentence !== one.sentence) change({ change: "edit", order: one.number, sentence });
  };
  if (!orders.value.length) return null;
  return html`<section class="orders"><h2>${say("Standing orders")}</h2><ul>${orders.value.map((one) => html`
    <li key=${one.id} class=${`row ${one.suspended ? "gone" : one.holds ? "active" : ""}`}><span class="name" title=${one.sentence}>${one.text}</span>
      <span class="state">${one.suspended ?? (one.paused ? say("paused") : one.holds ? say("holds now") : say("waits"))}${one.doubts.map((doubt) => html`<em class="doubt">${doubt}</em>`)}</span>
      <span class="acts"><button onClick=${() => change({ change: one.paused ? "resume" : "pause", order: one.number })}>${say(one.paused ? "Resume" : "Pause")}</button>
        <button title=${say("What it does is done now, and put back")} onClick=${() => attempt({ op: "trial", order: one.number })}>${say("Try")}</button>
        <button onClick=${() => edit(one)}>${say("Edit")}</button>
        <button onClick=${() => change({ change: "remove", order: one.number })}>${say("Remove")}</button></span></li>`)}</ul></section>`;
}

const asks = (one) => one.state === "unacknowledged" || one.state === "returned";

function Alarm({ one, change }) {
  return html`<li class=${`row alarm ${one.state}`}>
    <span class="name">${one.name}<small>${say(one.priority)}</small></span>
    <span class="state">${one.suspended ?? say(one.state)}${one.since && one.state !== "normal" ? `, ${clock(one.since)}` : ""}${one.doubts.map((doubt) => html`<em class="doubt">${doubt}</em>`)}</span>
    <span class="more">${one.text}${one.advice && one.state !== "normal" && html`<b class="advice">${one.advice}</b>`}</span>
    <span class="acts">${asks(one) && html`<button class="yes" onClick=${() => change("acknowledge", one)}>${say("Acknowledge")}</button>`}
      ${one.state === "shelved" ? html`<button onClick=${() => change("unshelve", one)}>${say("Unshelve")}</button>`
        : html`<button onClick=${() => change("shelve", one)}>${say("Shelve for 30 min")}</button>`}
      <button onClick=${() => change("remove", one)}>${say("Remove")}</button></span></li>`;
}

function Alarms() {
  const change = async (change, one) => { alarms.value = (await attempt({ op: "alarms", change, ...(one && { alarm: one.number }) })) ?? alarms.value; };
  if (!alarms.value.length) return null;
  const list = (some) => html`<ul aria-live="assertive">${some.map((one) => html`<${Alarm} key=${one.id} one=${one} change=${change} />`)}</ul>`;
  const quiet = alarms.value.filter((one) => one.state === "normal");
  return html`<section class="alarms"><h2>${say("Alarms")}${alarms.value.filter(asks).length > 1 && html`<button onClick=${() => change("acknowledge")}>${say("Acknowledge all")}</button>`}</h2>
    ${list(alarms.value.filter((one) => one.state !== "normal"))}
    ${quiet.length > 0 && html`<details><summary>${say("Normal")}: ${quiet.map((one) => one.name).join(", ")}</summary>${list(quiet)}</details>`}</section>`;
}

// A step's bar on the plan's own line of time: where it begins and how long it lasts, as shares of the whole.
function bar(step, plan) {
  const from = (one) => one.begun ?? one.planned;
  const begins = Math.min(...plan.steps.map(from)), ends = Math.max(...plan.steps.map((one) => from(one) + Math.max(one.seconds, 60)));
  const share = (seconds) => `${(100 * seconds) / (ends - begins)}%`;
  return { left: share(from(step) - begins), width: share(Math.max(step.seconds, 60)) };
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function Plans() {
  const shown = plans.value.filter((one, index) => !one.over || index >= plans.value.length - 3);
  const cancel = async (one) => { plans.value = (await attempt({ op: "plans", cancel: one.number })) ?? plans.value; };
  if (!shown.length) return null;
  return html`<section class="plans"><h2>${say("Plans")}</h2>${shown.map((one) => html`<article key=${one.id} class=${one.over ? "over" : ""}>
    <h3>${one.title}${!one.over && html`<button onClick=${() => cancel(one)}>${say("Cancel")}</button>`}</h3>
    <ol>${one.steps.map((step, number) => html`<li key=${number} class=${step.status.replace(" ", "-")} style=${{ marginLeft: `${step.name.split(" / ").length - 1}em` }}
      title=${step.after.length ? `${say("after")} ${step.after.join(", ")}` : ""}>
      <span class="name">${clock(step.begun ?? step.planned)} ${step.name.split(" / ").pop()}</span><span class="state">${say(step.status)}${step.why && `: ${step.why}`}</span>
      <span class="line"><i style=${bar(step, one)}></i></span></li>`)}</ol></article>`)}</section>`;
}

function Rooms() {
  const rooms = areas.value.map((area) => ({ ...area, ids: members.value.filter(([, place]) => place === area.name).map(([id]) => id) }));
  const elsewhere = members.value.filter(([, place]) => !areas.value.some((area) => area.name === place)).map(([id]) => id);
  if (elsewhere.length) rooms.push({ name: say("Elsewhere"), ids: elsewhere });
  const shown = (ids) => ids.filter((id) => !entities.get(id)?.peek().diagnostic);
  return html`<main class="rooms"><${Alarms} /><${Reminders} /><${Plans} /><${Orders} />${rooms.filter((room) => shown(room.ids).length).map((room) => html`
    <section key=${room.name}><h2>${room.name}<small>${room.floor ?? ""}</small></h2>
      <ul>${shown(room.ids).map((id) => html`<${Entity} key=${id} id=${id} />`)}</ul></section>`)}</main>`;
}

function Trace({ trace }) {
  const [chain, setChain] = useState(null);
  const toggle = async () => setChain(chain ? null : ((await attempt({ op: "why", record: trace.id })) ?? []));
  return html`<li class=${`trace ${trace.kind}`}>
    <p class="said">${trace.said || say("answered")}</p><p class="told">${trace.text}</p>
    ${trace.consent && html`<p class="consent">
      <button class="yes" onClick=${() => attempt({ op: "consent", request: trace.consent, granted: true })}>${say("Yes")}</button>
      <button onClick=${() => attempt({ op: "consent", request: trace.consent, granted: false })}>${say("No")}</button></p>`}
    ${trace.options?.length > 0 && html`<p class="consent">${trace.options.map((one) => html`
      <button key=${one.sentence} onClick=${() => attempt({ op: "do", sentence: one.sentence })}>${one.label}</button>`)}</p>`}
    <button class="why" aria-expanded=${chain !== null} onClick=${toggle}>${say("why")}${trace.sentence && html` <code>${trace.sentence}</code>`}
      ${trace.probability !== null && ` ${Math.round(trace.probability * 100)}%`}</button>
    ${chain && html`<ol class="chain">${chain.map((one) => html`<li key=${one.id}><b>${one.kind}</b> ${one.text}</li>`)}</ol>`}
  </li>`;
}

function settle(trace) {
  // A question that was answered elsewhere no longer asks.
  return !trace.unasked && traces.value.some((later) => later.said === trace.said && later.at > trace.at && later.kind !== "question") ? { ...trace, consent: null } : trace;
}

// What was made of a picture that somebody dropped here.
function Seen({ seen }) {
  const acts = [...(seen.judged?.done ?? []), ...(seen.judged?.asked ?? [])];
  return html`<section class="seen"><p class="said">${seen.name}</p><p class="told">${seen.told}</p>
    ${seen.judged && html`<p class=${`judged ${seen.judged.urgency}`}>${say(seen.judged.urgency)} ${Math.round(seen.judged.sure * 100)}%${acts.length > 0 && `: ${acts.join("; ")}`}</p>`}
    ${seen.trouble && html`<p class="trouble">${seen.trouble}</p>`}
    <button onClick=${() => (pictures.value = pictures.value.filter((one) => one !== seen))}>${say("Remove")}</button></section>`;
}

function Talk() {
  const [words, setWords] = useState("");
  const send = async (event) => {
    event.preventDefault();
    const said = words.trim();
    if (!said) return;
    setWords("");
    waiting.value = [...waiting.value, said];
    await attempt({ op: "say", words: said, area: here.value || null });
    waiting.value = waiting.value.filter((one) => one !== said);
  };
  const [ending, setEnding] = useState(null); // ends what is being said, while somebody may speak
  const listen = async () => {
    if (ending) return ending();
    trouble.value = "";
    try {
      const sound = await sentence((end) => setEnding(() => end));
      setEnding(null);
      if (!sound) { trouble.value = say("Nothing was heard."); return; }
      waiting.value = [...waiting.value, "…"];
      const answer = await attempt({ op: "hear", sound, area: here.value || null, session: "voice", recognised: true });
      if (answer && !answer.reply) trouble.value = say("Nothing was heard.");
      if (answer?.reply) aloud(answer.reply.text);
    } catch (error) {
      trouble.value = `${say("The microphone cannot be used:")} ${error.message}`;
    } finally {
      setEnding(null);
      waiting.value = waiting.value.filter((one) => one !== "…");
    }
  };
  const [over, setOver] = useState(false); // a picture is being held over the conversation
  const show = async (file) => {
    trouble.value = "";
    waiting.value = [...waiting.value, file.name];
    try {
      const seen = await attempt({ op: "see", picture: await shrunk(file), area: here.value || null });
      if (seen) pictures.value = [{ name: file.name, ...seen }, ...pictures.value].slice(0, 5);
    } catch (error) {
      trouble.value = `${say("The picture cannot be read:")} ${error.message}`;
    } finally {
      waiting.value = waiting.value.filter((one) => one !== file.name);
    }
  };
  const drop = (event) => { event.preventDefault(); setOver(false); [...event.dataTransfer.files].forEach(show); };
  return html`<aside class=${`talk ${over ? "over" : ""}`} onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <form onSubmit=${send}>
      <input aria-label=${say("Say what you want")} placeholder=${say("Say what you want")} value=${words} maxlength="500" autofocus
        onInput=${(event) => setWords(event.target.value)} /><button class="send">${say("Send")}</button>
      <button type="button" class=${`speak ${ending ? "active" : ""}`} aria-pressed=${ending !== null} onClick=${listen}>${say(ending ? "Listening …" : "Speak")}</button>
      <label class="show">${say("Show")}<input type="file" accept="image/*" aria-label=${say("Show a picture")} onChange=${(event) => { [...event.target.files].forEach(show); event.target.value = ""; }} /></label>
      <label>${say("I am in")} <select value=${here} onChange=${(event) => (here.value = event.target.value)}>
        <option value="">${say("anywhere")}</option>${areas.value.map((one) => html`<option key=${one.name} value=${one.name}>${one.name}</option>`)}
      </select></label>
    </form>
    ${trouble.value && html`<p class="trouble" role="alert">${trouble.value}</p>`}
    ${pictures.value.map((one) => html`<${Seen} key=${one.name} seen=${one} />`)}
    <ul class="traces" aria-live="polite">
      ${waiting.value.map((one) => html`<li key=${one} class="trace"><p class="said">${one}</p><p class="told pending">${say("thinking …")}</p></li>`)}
      ${traces.value.map((one) => html`<${Trace} key=${one.id} trace=${settle(one)} />`)}
      ${!traces.value.length && !waiting.value.length && html`<li class="hint">${say("Nothing was said yet. Try: turn on the kitchen light")}</li>`}
    </ul></aside>`;
}

function Page() {
  useEffect(follow, []);
  if (!site.value) return html`<p class="hint">${say("connecting …")}</p>`;
  return html`<${Fragment}><header>
      <h1>${site.value.name}</h1><span class="level">${say(site.value.level)}</span>
      ${!connected.value && html`<span class="trouble">${say("connecting …")}</span>`}
      <button class="stop" onClick=${() => attempt({ op: "stop", stopped: true })}>${say("Stop everything")}</button>
    </header>
    ${stopped.value && html`<p class="banner" role="alert">${say("Everything is stopped: no command leaves.")}
      <button onClick=${() => attempt({ op: "stop", stopped: false })}>${say("Release")}</button></p>`}
    <div class="columns"><${Rooms} /><${Talk} /></div><//>`;
}

render(html`<${Page} />`, document.body);
