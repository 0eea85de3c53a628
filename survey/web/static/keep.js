/* What is typed is kept by itself, and stays on this device until the server has it. The page works without this file.

   Every change lies in localStorage first; from there it is sent, one request at a time, and only taken out when the
   answer says that it is kept. Each opened page writes with a pen of its own and counts its strokes, so that the server
   knows its own earlier text when an answer got lost. What another device wrote meanwhile is never written over: the
   owner sees both. */
(() => {
  "use strict";
  const told = document.querySelector("[data-kept]");
  if (!told) return;
  let store;
  try {
    store = window.localStorage;
    store.setItem("kept", "");
    store.removeItem("kept");
  } catch {
    return; // nothing can be kept on this device: the buttons still work
  }
  const address = told.dataset.kept;
  const PREFIX = `kept ${address} `;
  const pen = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const PAUSE = 700;
  const LONGEST_WAIT = 30000;
  const pens = {};
  const strokes = {};
  const apart = new Set();
  let sending = false;
  let again = false;
  let wait = 1000;
  let timer = 0;

  const form = document.querySelector("form[data-write]");
  const fields = (place) => [...document.querySelectorAll(`[name="t.${CSS.escape(place)}"]`)];
  const version = (place) => document.querySelector(`[name="v.${CSS.escape(place)}"]`);
  const keys = () => Object.keys(store).filter((key) => key.startsWith(PREFIX)).sort();
  const read = (key) => JSON.parse(store.getItem(key));
  const say = (state) => {
    if (told.dataset.state === state) return;
    told.dataset.state = state;
    told.querySelectorAll("[data-says]").forEach((words) => { words.hidden = words.dataset.says !== state; });
  };

  // Under the field that it is about: below a long page nobody sees it on a phone.
  const bring = (place) => {
    const box = fields(place)[0]?.closest(".field");
    if (!box) return;
    box.append(told);
    requestAnimationFrame(() => told.scrollIntoView({ block: "nearest" }));
  };

  const textAt = (place) => {
    const [first] = fields(place);
    if (first.type !== "radio") return first.value;
    const chosen = fields(place).find((field) => field.checked);
    return chosen ? chosen.value : "";
  };
  const show = (place, text) => fields(place).forEach((field) => {
    if (field.type === "radio") field.checked = field.value === text;
    else field.value = text;
  });

  const put = (place) => {
    pens[place] = pens[place] || pen;
    strokes[place] = (strokes[place] || 0) + 1;
    const item = { place, text: textAt(place), base: Number(version(place).value), pen: pens[place], stroke: strokes[place] };
    store.setItem(`${PREFIX}${place} ${item.pen}`, JSON.stringify(item));
  };

  const taken = (item, now) => {
    const key = `${PREFIX}${item.place} ${item.pen}`;
    const left = store.getItem(key) && read(key);
    if (left && left.stroke === item.stroke) store.removeItem(key);
    else if (left) store.setItem(key, JSON.stringify({ ...left, base: now }));
    const field = version(item.place);
    if (field && pens[item.place] === item.pen) field.value = now;
  };

  const waiting = () => {
    const items = {};
    keys().map(read).filter((item) => !apart.has(item.place)).forEach((item) => { items[item.place] = items[item.place] || item; });
    return Object.values(items);
  };

  const body = (items) => {
    const sent = new URLSearchParams({ csrf_token: told.dataset.token });
    for (const item of items) {
      sent.set(`t.${item.place}`, item.text);
      sent.set(`v.${item.place}`, item.base);
      sent.set(`p.${item.place}`, item.pen);
      sent.set(`s.${item.place}`, item.stroke);
    }
    return sent;
  };

  const later = () => {
    say("waiting");
    clearTimeout(timer);
    timer = setTimeout(send, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };

  async function send() {
    clearTimeout(timer);
    if (sending) { again = true; return; }
    const items = waiting();
    if (!items.length) { say(apart.size ? "apart" : "saved"); return; }
    sending = true;
    say("saving");
    let answer;
    let kept;
    try {
      answer = await fetch(address, { method: "POST", body: body(items), headers: { Accept: "application/json" }, credentials: "same-origin" });
      kept = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : null;
    } catch {
      sending = false;
      later();
      return;
    }
    sending = false;
    if (answer.status >= 500 || answer.status === 429) { later(); return; }
    if (!kept) { say("out"); return; } // signed out, or the page is too old: it stays here until it can be sent
    wait = 1000;
    for (const item of items) {
      if (item.place in kept.saved) taken(item, kept.saved[item.place]);
      else { apart.add(item.place); bring(item.place); }
    }
    if (again || waiting().length) { again = false; send(); } else say(apart.size ? "apart" : "saved");
  }

  // What was chosen after seeing both texts is settled: an older text of this device must not come back.
  for (const place of (told.dataset.settled || "").split(" ").filter(Boolean)) {
    keys().filter((key) => key.startsWith(`${PREFIX}${place} `)).forEach((key) => store.removeItem(key));
  }
  // What could not be sent before this page was opened: back in its field, in the hand of the pen that wrote it.
  for (const item of keys().map(read)) {
    if (!fields(item.place).length) continue;
    pens[item.place] = item.pen;
    strokes[item.place] = item.stroke;
    version(item.place).value = item.base;
    show(item.place, item.text);
  }
  document.addEventListener("input", (event) => {
    const name = event.target.name || "";
    if (!name.startsWith("t.") || !version(name.slice(2))) return;
    put(name.slice(2));
    say(navigator.onLine ? "saving" : "waiting");
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  window.addEventListener("online", () => { wait = 1000; send(); });
  if (form) {
    form.addEventListener("submit", (event) => {
      if (!navigator.onLine) { event.preventDefault(); say("waiting"); return; }
      for (const place of Object.keys(strokes)) {
        for (const [name, value] of [[`p.${place}`, pens[place]], [`s.${place}`, strokes[place]]]) {
          const field = document.createElement("input");
          Object.assign(field, { type: "hidden", name, value });
          form.append(field);
        }
      }
    });
  }
  const compare = told.querySelector("[data-compare]");
  if (compare) {
    compare.addEventListener("click", () => {
      const both = document.createElement("form");
      Object.assign(both, { method: "post", action: address, hidden: true });
      const items = keys().map(read).filter((item) => apart.has(item.place));
      for (const [name, value] of [...body(items), ["next", window.location.pathname]]) {
        const field = document.createElement("textarea");
        Object.assign(field, { name, value });
        both.append(field);
      }
      document.body.append(both);
      both.submit();
    });
  }
  send();
})();
