"use strict";

// Controls that show what is so, and change it. What a person has just changed is not overwritten
// by a state that was asked for before.

const $ = (id) => document.getElementById(id);
const NEWLY_MS = 4000;
let stateAsked = 0;

function say(sentence, bad) {
  $("said").textContent = sentence;
  $("said").classList.toggle("bad", Boolean(bad));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { $("said").textContent = ""; }, bad ? 2 * NEWLY_MS : NEWLY_MS);
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

// What a control changes: `wish` makes a wish of its value.
function changes(control, what, wish) {
  control.addEventListener("change", async (event) => {
    const { target } = event;
    control.changing = (control.changing || 0) + 1;
    await act(what, wish(target.type === "checkbox" ? target.checked : target.value));
    control.changing -= 1;
    control.changed = performance.now();
    refreshState();
  });
}

function isSettled(control) {
  return !control.changing && !(control.changed > stateAsked);
}

function showSwitch(id, on) {
  const control = $(id);
  if (isSettled(control)) control.checked = on;
}

function showRadio(id, value) {
  const group = $(id);
  if (!isSettled(group)) return;
  for (const radio of group.querySelectorAll("input")) radio.checked = radio.value === value;
}

function showSelect(id, value) {
  const select = $(id);
  if (!isSettled(select) || value === undefined) return;
  const wanted = String(value);
  if (![...select.options].some((option) => option.value === wanted)) {
    const option = element("option", wanted); // somebody else's choice
    option.value = wanted;
    select.append(option);
  }
  select.value = wanted;
}

function showTrouble(id, trouble) {
  $(id).textContent = trouble || "";
  $(id).hidden = !trouble;
}

// A panel whose device does not answer offers nothing.
function showAnswer(id, device, why) {
  const gone = Boolean(device.error);
  showTrouble(`${id}-trouble`, gone ? why || "does not answer" : "");
  $(`${id}-trouble`).title = device.error || "";
  for (const control of $(id).querySelectorAll("input, select, button")) {
    if (!control.dataset.always) control.disabled = gone;
  }
  return !gone;
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
