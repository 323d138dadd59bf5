"use strict";

const SCREEN_MS = 300; // a finger's answer is seen soon enough
const STATE_MS = 700;
const CSS_DPI = 96;
const MM_PER_SECOND = 80; // slower than a printer, so that it can be watched
const $ = (id) => document.getElementById(id);
let layout = null;
let have = "";
let pictureAddress = "";
const shown = new Set();

function say(sentence, bad) {
  $("said").textContent = sentence;
  $("said").classList.toggle("bad", Boolean(bad));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { $("said").textContent = ""; }, bad ? 8000 : 4000);
}

async function act(what, wish) {
  try {
    const answer = await fetch(`/do/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
    });
    const told = await answer.json();
    if (!answer.ok) say(told.error, true);
    return answer.ok;
  } catch {
    say("The workbench does not answer.", true);
    return false;
  } finally {
    refreshState();
  }
}

function element(kind, text, className) {
  const made = document.createElement(kind);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// ---------------------------------------------------------------- screen

async function refreshScreen() {
  const answer = await fetch(`/screen.png?have=${have}`);
  $("dark").hidden = answer.ok;
  if (answer.status === 200) {
    const address = URL.createObjectURL(await answer.blob());
    $("live").src = address;
    await $("live").decode();
    URL.revokeObjectURL(pictureAddress);
    pictureAddress = address;
    have = answer.headers.get("X-Picture");
  } else if (!answer.ok) {
    $("dark").textContent = `No picture: ${(await answer.json()).error}`;
  }
}

function touch(event) {
  const box = $("live").getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * layout.screen.width);
  const y = Math.floor(((event.clientY - box.top) / box.height) * layout.screen.height);
  const ring = element("i", "", "ring");
  ring.style.left = `${event.clientX - box.left}px`;
  ring.style.top = `${event.clientY - box.top}px`;
  $("glass").append(ring);
  setTimeout(() => ring.remove(), 500);
  act("touch", { x, y });
}

function setScreen(screen) {
  $("screen").hidden = false;
  const glass = $("glass");
  glass.style.width = `${(screen.width / screen.dpi) * CSS_DPI}px`;
  glass.style.maxWidth = "100%";
  glass.style.aspectRatio = `${screen.width} / ${screen.height}`;
  if (screen.touchable) {
    glass.classList.add("touchable");
    $("live").addEventListener("click", touch);
  }
  repeat(refreshScreen, SCREEN_MS);
}

// ---------------------------------------------------------------- cards

function makeCard(card) {
  const made = element("article", "", "resident");
  made.dataset.uid = card.uid;
  made.append(element("b", card.label), element("small", card.note));
  const buttons = element("div");
  for (const [what, text, help] of [
    ["tap", "Tap", "Hold it to the reader for a moment"],
    ["lay", "Lay", "Lay it down and leave it; a card that lies there is swapped"],
  ]) {
    const button = element("button", text);
    button.title = help;
    button.setAttribute("aria-label", `${text} ${card.label}`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      await act(what, { uid: card.uid, manner: $("manner").value });
      button.disabled = false;
    });
    buttons.append(button);
  }
  made.append(buttons);
  return made;
}

function setReader() {
  $("reader").hidden = false;
  $("tray").append(...layout.cards.map(makeCard));
  $("lift").addEventListener("click", () => act("lift", {}));
  $("plugged").addEventListener("change", (event) => act("plug", { on: event.target.checked }));
}

function showReader(reader) {
  const card = layout.cards.find((one) => one.uid.toLowerCase() === reader.card);
  const gone = Boolean(reader.error) || !reader.daemon;
  $("pad").classList.toggle("gone", gone);
  $("pad").classList.toggle("holds", Boolean(reader.card) && !gone);
  let text = reader.card ? (card ? card.label : "Another card") : "Empty";
  if (gone) text = reader.error || "Disconnected";
  $("lying").textContent = text;
  $("lift").disabled = !reader.card;
  $("plugged").checked = Boolean(reader.daemon);
  for (const made of $("tray").children) {
    made.classList.toggle("lies", made.dataset.uid.toLowerCase() === reader.card);
  }
}

// ---------------------------------------------------------------- printer

function setPrinter() {
  $("printer").hidden = false;
  $("paper").addEventListener("change", (event) => act("printer", { paper: event.target.value }));
  const toggle = (id, wish) =>
    $(id).addEventListener("change", (event) => act("printer", wish(event.target.checked)));
  toggle("cover", (on) => ({ cover: on ? "closed" : "open" }));
  toggle("online", (on) => ({ online: on }));
  toggle("power", (on) => ({ power: on ? "on" : "off" }));
}

function showPrinter(printer, slips) {
  const trouble = printer.error ? "does not answer" : printer.power === "off" ? "no power" : "";
  $("printer-trouble").textContent = trouble;
  $("printer-trouble").hidden = !trouble;
  for (const radio of $("paper").querySelectorAll("input")) {
    radio.checked = radio.value === printer.paper;
  }
  $("cover").checked = printer.cover === "closed";
  $("online").checked = printer.online === true;
  $("power").checked = printer.power === "on";
  slips.forEach(showSlip);
}

function showSlip(name) {
  if (shown.has(name)) return;
  shown.add(name);
  $("no-slips").hidden = true;
  const slip = element("figure", "", showPrinter.begun ? "slip fresh" : "slip");
  const picture = new Image();
  picture.alt = `Paper ${name}`;
  picture.addEventListener("load", () => {
    const mm = picture.naturalWidth / layout.printer.dots_per_mm;
    const long = picture.naturalHeight / layout.printer.dots_per_mm;
    picture.style.width = `${mm}mm`;
    picture.style.animationDuration = `${Math.min(long / MM_PER_SECOND, 3)}s`;
    slip.append(element("p", `${name.replace(".png", "")} · ${Math.round(long)} mm`));
    slip.hidden = false;
    $("slips").scrollTop = 0;
  });
  picture.addEventListener("error", () => { // asked for again with the next state
    slip.remove();
    shown.delete(name);
  });
  picture.src = `/slips/${name}`;
  slip.hidden = true;
  slip.append(picture);
  $("slips").prepend(slip);
}

// ---------------------------------------------------------------- the rest

function setCommands(commands) {
  $("commands").hidden = false;
  for (const command of commands) {
    const button = element("button", command.label);
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await act("command", { id: command.id })) say(`${command.label}: done`);
      button.disabled = false;
    });
    $("command-list").append(button);
  }
}

async function refreshState() {
  const state = await (await fetch("/state")).json();
  if (state.reader) showReader(state.reader);
  if (state.printer) showPrinter(state.printer, state.slips);
  showPrinter.begun = true;
}

function repeat(doing, pause) {
  const again = async () => {
    if (!document.hidden) {
      try {
        await doing();
      } catch {
        say("The workbench does not answer.", true);
      }
    }
    setTimeout(again, pause);
  };
  again();
}

async function begin() {
  layout = await (await fetch("/layout")).json();
  $("title").textContent = layout.title;
  document.title = `${layout.title} · Workbench`;
  if (layout.screen) setScreen(layout.screen);
  if (layout.reader) setReader();
  if (layout.printer) setPrinter();
  if (layout.commands.length) setCommands(layout.commands);
  repeat(refreshState, STATE_MS);
}

begin();
