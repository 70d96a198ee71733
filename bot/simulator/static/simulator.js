// The simulator's page: shows each conversation as its channel would, and beside it what was really sent.
"use strict";

const byId = (id) => document.getElementById(id);
const now = { person: null, channel: "whatsapp", stream: null, last: null };

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function linked(text) {
  const holder = document.createDocumentFragment();
  for (const part of text.split(/(https?:\/\/[^\s]+)/)) {
    if (/^https?:\/\//.test(part)) {
      const link = element("a", "", part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener";
      holder.append(link);
    } else holder.append(part);
  }
  return holder;
}

function tapButtons(view, id) {
  const box = element("div", "choices");
  for (const button of view.buttons || []) {
    const tap = element("button", "", button.label);
    tap.type = "button";
    tap.onclick = () => say({ button: button.id, text: button.label, reply_to: id });
    box.append(tap);
  }
  if (view.rows && view.rows.length) {
    const details = element("details");
    details.append(element("summary", "", view.list_label || "Choose"));
    for (const row of view.rows) {
      const tap = element("button", "row", row.label);
      tap.type = "button";
      if (row.description) tap.append(element("small", "", row.description));
      tap.onclick = () => say({ button: row.id, text: row.label, reply_to: id });
      details.append(tap);
    }
    box.append(details);
  }
  return box;
}

function showMessage(entry) {
  const mine = entry.direction === "in";
  const item = element("li", "message " + (mine ? "mine" : "theirs"));
  item.append(linked(entry.view.text || ""));
  if (entry.view.media) item.append(element("div", "", "[" + entry.view.media + "]"));
  if (entry.view.document) {
    const file = element("a", "document", entry.view.document.name || "document");
    file.href = entry.view.document.url;
    file.target = "_blank";
    item.append(file);
  }
  if (!mine) item.append(tapButtons(entry.view, entry.id));
  item.append(element("time", "", new Date(entry.at).toLocaleTimeString()));
  byId("talk").append(item);
  item.scrollIntoView({ block: "end" });
  const keyboard = byId("keyboard");
  if (!mine) {
    keyboard.hidden = !entry.view.contact_request;
    keyboard.replaceChildren();
    if (entry.view.contact_request) {
      for (const [label, own] of [[entry.view.contact_request, true], ["Somebody else's contact", false]]) {
        const share = element("button", "", label);
        share.type = "button";
        share.onclick = () => say({ contact: own ? "own" : "other" });
        keyboard.append(share);
      }
    }
  }
}

function badge(text, bad) { return element("span", bad ? "bad" : "", text); }

function showSend(entry) {
  if (entry.direction !== "out") return;
  let item = document.querySelector('[data-send="' + entry.id + '"]');
  if (!item) {
    item = element("li");
    item.dataset.send = entry.id;
    byId("sends").prepend(item);
  }
  const badges = element("div", "badges");
  for (const fact of entry.facts || []) badges.append(badge(fact));
  if (entry.status) badges.append(badge(entry.status, entry.status === "failed"));
  item.replaceChildren(badges, element("pre", "", entry.raw));
}

function show(entry) {
  if (!document.querySelector('[data-send="' + entry.id + '"]') || entry.direction === "in") showMessage(entry);
  showSend(entry);
}

async function say(what) {
  now.last = what;
  byId("attach").open = false;
  const answer = await fetch("simulator/say", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ channel: now.channel, phone: now.person.phone, ...what }),
  });
  if (!answer.ok) byId("facts").textContent = "The message was not taken (" + answer.status + ").";
}

function listen() {
  if (now.stream) now.stream.close();
  byId("talk").replaceChildren();
  byId("sends").replaceChildren();
  byId("keyboard").hidden = true;
  byId("facts").textContent = now.person.describe;
  byId("who").textContent = now.person.phone + " · " + now.person.label;
  document.querySelectorAll("#channels button").forEach((b) => b.setAttribute("aria-selected", String(b.dataset.channel === now.channel)));
  const query = new URLSearchParams({ channel: now.channel, phone: now.person.phone });
  now.stream = new EventSource("simulator/stream?" + query);
  now.stream.onmessage = (event) => show(JSON.parse(event.data));
  location.hash = now.channel + "/" + now.person.phone;
}

async function begin() {
  const people = await (await fetch("simulator/people")).json();
  const select = byId("person");
  for (const person of people) {
    const option = element("option", "", person.label + " · " + person.phone);
    option.value = person.phone;
    select.append(option);
  }
  const [channel, phone] = location.hash.slice(1).split("/");
  now.person = people.find((p) => p.phone === phone) || people[0];
  if (["whatsapp", "sms", "telegram"].includes(channel)) now.channel = channel;
  select.value = now.person.phone;
  select.onchange = () => { now.person = people.find((p) => p.phone === select.value); listen(); };
  document.querySelectorAll("#channels button").forEach((b) => { b.onclick = () => { now.channel = b.dataset.channel; listen(); }; });
  byId("composer").onsubmit = (event) => {
    event.preventDefault();
    const text = byId("text").value;
    byId("text").value = "";
    say({ text });
  };
  document.querySelectorAll("[data-media]").forEach((b) => { b.onclick = () => say({ media: b.dataset.media }); });
  byId("twice").onclick = () => now.last && say({ ...now.last, twice: true });
  byId("wire-toggle").onclick = () => {
    const open = document.body.classList.toggle("wire");
    byId("wire-toggle").setAttribute("aria-expanded", String(open));
    byId("wire-toggle").textContent = open ? "Conversation" : "What was sent";
  };
  listen();
}

begin();
