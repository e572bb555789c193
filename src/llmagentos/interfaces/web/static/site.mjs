// The site as this page knows it: one signal an entity, so that a change redraws one row. Fed by the one stream.
import { batch, signal } from "./vendor/signals.mjs";

export const site = signal(null); // {site, language, level}
export const areas = signal([]);
export const members = signal([]); // [id, area] pairs, changed only when devices come, go or move
export const traces = signal([]);
export const reminders = signal([]); // alarms and timers
export const orders = signal([]); // standing orders, numbered
export const alarms = signal([]); // those first that need somebody
export const plans = signal([]); // with their steps
export const stopped = signal(false);
export const connected = signal(false);
export const entities = new Map(); // id -> signal of an entity
const TRACES = 30;

function put(id, entity) {
  if (entity === null) entities.delete(id);
  else if (entities.has(id)) entities.get(id).value = entity;
  else entities.set(id, signal(entity));
}

function place() {
  const placed = [...entities].map(([id, one]) => [id, one.value.area]);
  if (JSON.stringify(placed) !== JSON.stringify(members.value)) members.value = placed;
}

function take(event) {
  batch(() => {
    if (event.type === "site") {
      site.value = { name: event.site, language: event.language, level: event.level };
      for (const id of entities.keys()) if (!(id in event.entities)) entities.delete(id);
      traces.value = event.traces;
    }
    for (const [id, entity] of Object.entries(event.entities ?? {})) put(id, entity);
    if (event.areas) areas.value = event.areas;
    if (event.type === "delta" && event.traces) {
      const fresh = new Set(event.traces.map((one) => one.id));
      traces.value = [...event.traces, ...traces.value.filter((one) => !fresh.has(one.id))].slice(0, TRACES);
    }
    if (event.reminders) reminders.value = event.reminders;
    if (event.orders) orders.value = event.orders;
    if (event.alarms) alarms.value = event.alarms;
    if (event.plans) plans.value = event.plans;
    if (event.stopped !== undefined) stopped.value = event.stopped;
    place();
  });
}

// EventSource connects again by itself; the first event after that is the whole site.
export function follow() {
  const source = new EventSource("/events");
  source.onopen = () => (connected.value = true);
  source.onerror = () => (connected.value = false);
  source.onmessage = (message) => take(JSON.parse(message.data));
}

// Each tab is a conversation of its own: a yes said here answers what was asked here.
const session = (sessionStorage.session ??= `page-${Math.random().toString(36).slice(2)}`);

export async function ask(request) {
  const answer = await fetch("/api", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session, ...request }),
  });
  const data = await answer.json();
  if (data.error) throw new Error(data.error);
  return data.result;
}
