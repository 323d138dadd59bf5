"use strict";

const SCREEN_MS = 300; // a finger's answer is seen soon enough
const STATE_MS = 700;
const CSS_DPI = 96;
const MM_PER_SECOND = 80; // slower than a printer, so that it can be watched
const LAMPS_MS = 10; // the server answers when they change
const LAMPS_GONE_MS = 1000;
let layout = null;
let have = "";
let look = "";
let pictureAddress = "";
const shown = new Set();

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
  changes($("plugged"), "plug", (on) => ({ on }));
  changes($("daemon"), "daemon", (how) => ({ how }));
}

function goneReader(reader) {
  if (reader.error) return reader.error;
  if (reader.daemon !== "runs") return reader.daemon === "hangs" ? "pcscd hangs" : "pcscd is killed";
  return reader.plugged ? "" : "Unplugged";
}

function showReader(reader) {
  const card = layout.cards.find((one) => one.uid.toLowerCase() === reader.card);
  const gone = goneReader(reader);
  $("pad").classList.toggle("gone", Boolean(gone));
  $("pad").classList.toggle("holds", Boolean(reader.card) && !gone);
  const lying = reader.card ? (card ? card.label : "Another card") : "Empty";
  $("lying").textContent = gone || lying;
  $("lift").disabled = !reader.card;
  showSwitch("plugged", Boolean(reader.plugged));
  showRadio("daemon", reader.daemon);
  for (const made of $("tray").children) {
    made.classList.toggle("lies", made.dataset.uid.toLowerCase() === reader.card);
  }
}

// ---------------------------------------------------------------- lamps

// "outOfPaper" -> "Out of paper"
function words(pattern) {
  const said = pattern.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function makeLamp(place) {
  const made = element("div", "", "lamp");
  made.dataset.place = place;
  made.append(element("i", "", "bulb"), element("b", words(place)), element("span", "", "rhythm"));
  made.append(element("span", "", "beats"));
  return made;
}

function showLamp(made, lamp) {
  made.dataset.lit = Boolean(lamp.lit);
  made.dataset.colour = lamp.colour || "warm";
  made.querySelector(".rhythm").textContent = [lamp.colour, lamp.rhythm].filter(Boolean).join(", ");
  const beats = made.querySelector(".beats");
  if (beats.dataset.beats !== lamp.beats) {
    beats.dataset.beats = lamp.beats;
    beats.replaceChildren(...[...lamp.beats].map((beat) => element("i", "", beat === "1" ? "on" : "")));
  }
}

async function refreshLamps() {
  const answer = await fetch(`/lamps?have=${encodeURIComponent(look)}`);
  const lamps = $("lamps");
  if (!answer.ok) {
    look = "";
    lamps.replaceChildren(element("p", "The lamps are dark: no controller works them."));
    await new Promise((resolve) => { setTimeout(resolve, LAMPS_GONE_MS); });
    return;
  }
  const told = await answer.json();
  look = told.look;
  const places = Object.keys(told.lamps);
  if (lamps.dataset.places !== places.join() || !lamps.querySelector(".lamp")) {
    lamps.dataset.places = places.join();
    lamps.replaceChildren(element("p", "", "pattern"), ...places.map(makeLamp));
  }
  lamps.querySelector(".pattern").textContent = told.pattern ? words(told.pattern) : "No lamps";
  for (const made of lamps.querySelectorAll(".lamp")) showLamp(made, told.lamps[made.dataset.place]);
}

// ---------------------------------------------------------------- ticket printer

function setPrinter() {
  $("printer").hidden = false;
  $("cable-switch").hidden = !layout.printer.cable;
  changes($("paper"), "printer", (paper) => ({ paper }));
  changes($("cover"), "printer", (on) => ({ cover: on ? "closed" : "open" }));
  changes($("cutter"), "printer", (on) => ({ cutter: on ? "well" : "jammed" }));
  changes($("heat"), "printer", (on) => ({ heat: on ? "well" : "hot" }));
  changes($("online"), "printer", (on) => ({ online: on }));
  changes($("power"), "printer", (on) => ({ power: on ? "on" : "off" }));
  changes($("cable"), "cable", (on) => ({ on }));
}

function printerTrouble(printer) {
  if (printer.power === "off") return "no power";
  if (printer.cutter_error && printer.cutter === "well") return "open and close the cover";
  return "";
}

function showPrinter(printer, cable, slips) {
  if (showAnswer("printer", printer)) {
    showTrouble("printer-trouble", printerTrouble(printer));
    showRadio("paper", printer.paper);
    showSwitch("cover", printer.cover === "closed");
    showSwitch("cutter", printer.cutter === "well");
    showSwitch("heat", printer.heat === "well");
    showSwitch("online", printer.online === true);
    showSwitch("power", printer.power === "on");
  }
  if (cable) showSwitch("cable", cable.line === "whole");
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

// ---------------------------------------------------------------- around it

function setPins() {
  $("pins").hidden = false;
  $("lamps").hidden = false;
  for (const [id, hold] of [["press", false], ["hold", true]]) {
    $(id).addEventListener("click", async () => {
      $("pins").classList.add("pressed");
      await act("press", { hold });
      $("pins").classList.remove("pressed");
    });
  }
  changes($("door"), "door", (on) => ({ open: !on }));
  changes($("mains"), "mains", (on) => ({ on }));
  repeat(refreshLamps, LAMPS_MS);
}

function showPins(pins) {
  if (!showAnswer("pins", pins, "no controller")) return;
  const wired = (id, line) => { $(id).closest("label, div").hidden = line === undefined; };
  wired("door", pins.door);
  wired("mains", pins.mains);
  wired("press", pins.service);
  $("pins").hidden = !["door", "mains", "service"].some((line) => line in pins);
  showSwitch("door", pins.door === "closed");
  showSwitch("mains", pins.mains === "on");
}

function setLine() {
  $("line").hidden = false;
  changes($("line-state"), "line", (line) => ({ line }));
  changes($("latency"), "line", (value) => ({ latency_ms: Number(value) }));
  changes($("speed"), "line", (value) => ({ kbit_per_s: Number(value) }));
}

function showLine(line) {
  if (!showAnswer("line", line)) return;
  showRadio("line-state", line.line);
  showSelect("latency", line.latency_ms);
  showSelect("speed", line.kbit_per_s);
  const count = line.connections === 1 ? "1 connection" : `${line.connections} connections`;
  $("line-told").textContent = `${count}, ${Math.round(line.bytes / 1000)} kB so far`;
}

function setPages() {
  $("pages").hidden = false;
  changes($("pages-paper"), "pages", (paper) => ({ paper }));
  changes($("pages-media"), "pages", (media) => ({ media }));
  changes($("pages-toner"), "pages", (value) => ({ toner: Number(value) }));
  changes($("pages-trouble-next"), "pages", (trouble) => ({ trouble }));
  changes($("pages-power"), "pages", (on) => ({ power: on ? "on" : "off" }));
  changes($("pages-cups"), "pages", (on) => ({ cups: on ? "on" : "off" }));
}

function showPages(pages) {
  if (!showAnswer("pages", pages)) return;
  showTrouble("pages-trouble", pages.power === "off" ? "no power" : "");
  showRadio("pages-paper", pages.paper);
  showSelect("pages-media", pages.media);
  showSelect("pages-toner", pages.toner);
  showSelect("pages-trouble-next", pages.trouble);
  showSwitch("pages-power", pages.power === "on");
  showSwitch("pages-cups", pages.cups === "on");
  const count = pages.printed === 1 ? "1 sheet" : `${pages.printed} sheets`;
  $("pages-told").textContent = `${count} printed so far`;
}

function setPrograms(programs, commands) {
  $("programs").hidden = false;
  for (const program of programs) {
    const label = element("label", "", "switch");
    const input = element("input");
    input.type = "checkbox";
    input.id = `program-${program.id}`;
    input.setAttribute("role", "switch");
    changes(input, "program", (run) => ({ id: program.id, run }));
    label.append(input, element("span", program.label));
    $("kept-programs").append(label);
  }
  for (const command of commands) {
    const button = element("button", command.label);
    button.dataset.always = true;
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await act("command", { id: command.id })) say(`${command.label}: done`);
      button.disabled = false;
    });
    $("command-list").append(button);
  }
}

function showPrograms(programs) {
  if (!showAnswer("programs", programs)) return;
  for (const program of layout.programs) showSwitch(`program-${program.id}`, programs[program.id]);
}

// ---------------------------------------------------------------- all of it

async function refreshState() {
  const asked = performance.now();
  const state = await (await fetch("/state")).json();
  if (asked < stateAsked) return; // a later one has come before
  stateAsked = asked;
  if (state.reader) showReader(state.reader);
  if (state.printer) showPrinter(state.printer, state.cable, state.slips);
  if (state.pins) showPins(state.pins);
  if (state.line) showLine(state.line);
  if (state.pages) showPages(state.pages);
  if (state.programs) showPrograms(state.programs);
  showPrinter.begun = true;
}

async function begin() {
  layout = await (await fetch("/layout")).json();
  $("title").textContent = layout.title;
  document.title = `${layout.title} · Workbench`;
  if (layout.screen) setScreen(layout.screen);
  if (layout.reader) setReader();
  if (layout.printer) setPrinter();
  if (layout.pins) setPins();
  if (layout.line) setLine();
  if (layout.pages) setPages();
  if (layout.programs.length || layout.commands.length) setPrograms(layout.programs, layout.commands);
  repeat(refreshState, STATE_MS);
}

begin();
