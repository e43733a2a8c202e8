/* The Reading Table's own script. It uses Regulars only through window.regulars, as any site would. */

const root = document.documentElement;
root.classList.add("js");
const main = document.querySelector("main");
const words = document.querySelector("[data-words]").dataset;
const gpc = Boolean(navigator.globalPrivacyControl);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const regulars = () => window.regulars;
const mayKeep = () => regulars().person.consent === "granted";

function start() {
  for (const hidden of all(".with-script")) hidden.hidden = false;
  consent();
  report();
  reading();
  baskets();
  leaving();
  ownPage();
  languages();
  diets();
  remembering();
  following();
  blocks();
  because();
  builder();
  if (mayKeep()) void showChosen();
}

/* ---- what happened on this page ---- */

function report() {
  regulars().page(main.dataset.page);
  if (main.dataset.event) regulars().track(main.dataset.event, JSON.parse(main.dataset.properties));
}

/* An article counts as read when its end was in sight after some seconds; opening it is only a look. */
const READ_AFTER_MILLISECONDS = 6000;

function reading() {
  const end = document.querySelector("[data-end]");
  if (!end) return;
  const opened = performance.now();
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((s) => s.isIntersecting)) return;
    watcher.disconnect();
    const wait = Math.max(0, READ_AFTER_MILLISECONDS - (performance.now() - opened));
    setTimeout(() => regulars().track("Article Read", JSON.parse(main.dataset.properties)), wait);
  });
  watcher.observe(end);
}

function baskets() {
  for (const form of all("form[data-adds]")) {
    form.addEventListener("submit", () => regulars().track("Product Added", { ...JSON.parse(form.dataset.adds), quantity: 1 }));
  }
}

function leaving() {
  for (const form of all("form[data-sign-out]")) form.addEventListener("submit", () => regulars().reset());
}

/* "Your choices": the visitor's own page, by a link made for them alone */
function ownPage() {
  for (const link of all("a[data-me]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      if (!mayKeep()) return say(words.nobody);
      try {
        location.assign(await regulars().meLink());
      } catch (fault) {
        console.warn(fault);
        say(words.failed);
      }
    });
  }
}

/* ---- consent: two equal answers, and a way back ---- */

function consent() {
  const banner = document.querySelector("[data-consent-banner]");
  const state = document.querySelector("[data-consent-state]");
  const tell = () => {
    const now = gpc ? "gpc" : regulars().person.consent;
    for (const one of all("[data-state]", state)) one.hidden = one.dataset.state !== now;
    state.querySelector("[data-consent-reopen]").hidden = gpc;
    state.hidden = false;
    banner.hidden = gpc || now !== "unknown";
  };
  for (const answer of all("[data-consent]", banner)) {
    answer.addEventListener("click", () => {
      regulars().consent(answer.dataset.consent);
      tell();
      if (mayKeep()) {
        report();
        void showChosen();
      }
    });
  }
  state.querySelector("[data-consent-reopen]").addEventListener("click", () => {
    banner.hidden = false;
    banner.querySelector("button").focus();
  });
  tell();
}

/* ---- what the visitor says: facts for Regulars ---- */

let saidHere = 0; // what is said on this page beats an answer that was on its way

async function choose(facet, value, scope) {
  saidHere += 1;
  if (!mayKeep()) {
    say(words.notKept);
    return false;
  }
  try {
    const empty = value === null || (Array.isArray(value) && !value.length);
    await (empty ? regulars().clear(facet, { scope }) : regulars().choose(facet, value, { scope }));
    return true;
  } catch (fault) {
    console.warn(fault);
    say(words.failed);
    return false;
  }
}

function languages() {
  for (const form of all("form[data-language]")) {
    form.querySelector("[name=back]").value = location.pathname + location.search;
    form.addEventListener("submit", (event) => {
      const code = event.submitter?.value;
      if (!code || !mayKeep() || form.dataset.told) return;
      event.preventDefault();
      form.dataset.told = "yes";
      void choose("language", code).finally(() => form.requestSubmit(event.submitter));
    });
  }
}

function diets() {
  for (const radio of all("[data-choose=diet] input")) {
    radio.addEventListener("change", () => {
      void choose("diet", radio.value ? [radio.value] : null).then((kept) => kept && say(words.noted));
    });
  }
}

function remembering() {
  const button = document.querySelector("[data-remember]");
  button?.addEventListener("click", async () => {
    const of = (text) => text.split(" ").filter(Boolean);
    const { diets, allergens } = button.dataset;
    const kept = (!diets || (await choose("diet", of(diets)))) && (!allergens || (await choose("allergens", of(allergens))));
    if (kept) {
      say(words.noted);
      button.hidden = true;
    }
  });
}

function following() {
  const button = document.querySelector("[data-follow]");
  button?.addEventListener("click", async () => {
    const topics = new Set(stated(await chosen(), "topics") ?? []).add(button.dataset.follow);
    if (await choose("topics", [...topics])) {
      say(button.dataset.followed);
      button.hidden = true;
    }
  });
}

/* Everything stated so far, as the API tells it; nothing before consent. */
async function chosen() {
  try {
    const answer = mayKeep() ? await regulars().facets() : {};
    return answer.facets ?? [];
  } catch (fault) {
    console.warn(fault);
    return [];
  }
}

function stated(facets, name, scope = "") {
  return facets.find((f) => f.facet === name && (f.scope ?? "") === scope)?.stated ?? undefined;
}

async function showChosen() {
  const before = saidHere;
  const facets = await chosen();
  if (before !== saidHere) return;
  const diet = [stated(facets, "diet") ?? []].flat();
  for (const radio of all("[data-choose=diet] input")) radio.checked = diet.length ? diet.includes(radio.value) : !radio.value;
  const guess = diet.length ? [] : [facets.find((f) => f.facet === "diet")?.guess ?? []].flat();
  for (const pill of all("[data-choose=diet] .pill")) {
    const guessed = guess.includes(pill.querySelector("input").value);
    pill.classList.toggle("guessed", guessed);
    pill.title = guessed ? words.guess : "";
  }
  const avoided = [stated(facets, "allergens") ?? []].flat();
  for (const box of all("[data-avoid] input")) box.checked = avoided.includes(box.value);
  const layout = stated(facets, "layout", "home");
  if (Array.isArray(layout)) order(layout);
  const without = stated(facets, "hidden_blocks", "home") ?? [];
  for (const block of all("[data-block]", holder ?? document)) block.classList.toggle("unwanted", without.includes(block.dataset.block));
  dispatchEvent(new CustomEvent("shop:chosen"));
  speak(stated(facets, "language"));
}

/* The language they chose, here or on another day, is the language of the page */
function speak(code) {
  const form = document.querySelector("form[data-language]");
  const button = code && code !== root.lang && navigator.cookieEnabled && form.querySelector(`[value="${CSS.escape(code)}"]`);
  if (!button) return;
  form.dataset.told = "yes";
  form.requestSubmit(button);
}

/* ---- the visitor's own order of blocks ---- */

const holder = document.getElementById("blocks");
const names = () => all("[data-block]", holder).map((block) => block.dataset.block);
const ours = holder ? names() : [];

function order(wanted) {
  if (!holder) return;
  const rank = new Map([...wanted, ...ours.filter((name) => !wanted.includes(name))].map((name, place) => [name, place]));
  const sorted = all("[data-block]", holder).sort((a, b) => rank.get(a.dataset.block) - rank.get(b.dataset.block));
  if (sorted.some((block, place) => holder.children[place] !== block)) holder.append(...sorted);
}

function blocks() {
  const button = document.querySelector("[data-arrange]");
  if (!button) return;
  const back = document.querySelector("[data-arrange-auto]");
  const said = document.querySelector("[data-arranged]").dataset;
  const label = button.lastChild;
  const open = label.textContent;
  button.addEventListener("click", () => {
    const on = root.classList.toggle("arranging");
    button.setAttribute("aria-expanded", String(on));
    label.textContent = on ? said.done : open;
    for (const movers of all(".movers")) movers.hidden = !on;
    back.hidden = !on;
  });
  back.addEventListener("click", () => {
    order(ours);
    if (mayKeep()) void choose("layout", null, "home");
  });
  for (const mover of all("[data-move]")) mover.addEventListener("click", () => move(mover, said));
}

let keeping = Promise.resolve(); // one order at a time: the last one must win

function move(mover, said) {
  const block = mover.closest("[data-block]");
  const seen = all("[data-block]:not([hidden])", holder);
  const other = seen[seen.indexOf(block) + Number(mover.dataset.move)];
  if (!other) return;
  Number(mover.dataset.move) < 0 ? other.before(block) : other.after(block);
  mover.focus();
  block.scrollIntoView({ block: "nearest" });
  if (!mayKeep()) return say(said.notKept);
  keeping = keeping.then(() => choose("layout", names(), "home")).then((kept) => kept && say(said.kept));
}

/* "Because you had …": only when there is such a thing, with the true reason as its heading */
function because() {
  addEventListener("regulars:decision", ({ detail }) => {
    if (detail.slot !== "home.because") return;
    const block = document.getElementById("because");
    const first = detail.items.find((chosen) => chosen.reason.kind === "because");
    if (!block) return;
    block.hidden = !first;
    if (first) block.querySelector("h2").textContent = detail.title || first.reason.text;
  });
}

/* ---- the builder ---- */

function builder() {
  const form = document.querySelector("[data-builder]");
  if (!form) return;
  const eats = () => all("[data-choose=diet] input:checked", form).map((radio) => radio.value).filter(Boolean);
  const avoids = () => all("[data-avoid] input:checked", form).map((box) => box.value);
  for (const part of all(".part input", form)) part.dataset.soldOut = part.disabled ? "yes" : "";
  const redraw = () => {
    suit(form, eats(), avoids());
    sum(form);
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "avoids") void choose("allergens", avoids()).then((kept) => kept && say(words.noted));
    redraw();
  });
  form.addEventListener("submit", () => {
    for (const part of all(".part input:checked", form)) {
      regulars().track("Product Added", { product_id: part.value, price: Number(part.dataset.price), quantity: 1, category: part.name });
    }
  });
  addEventListener("shop:chosen", redraw);
  redraw();
}

/* What does not suit steps aside, and says so; a step that is full takes no more. */
function suit(form, diet, avoided) {
  for (const part of all(".part", form)) {
    const input = part.querySelector("input");
    const fits =
      diet.every((d) => part.dataset.diet.split(" ").includes(d)) && !avoided.some((a) => part.dataset.allergens.split(" ").includes(a));
    if (!fits) input.checked = false;
    part.querySelector(".why-not").hidden = fits;
    part.querySelector(".price").hidden = !fits;
    input.disabled = !fits || Boolean(input.dataset.soldOut);
  }
  for (const step of all("[data-step]", form)) {
    const boxes = all("input[type=checkbox]", step);
    const full = boxes.filter((box) => box.checked).length >= Number(step.dataset.most);
    for (const box of boxes) if (full && !box.checked) box.disabled = true;
  }
}

function sum(form) {
  const parts = all(".part input:checked", form);
  const inside = form.querySelector("[data-inside]");
  const total = parts.reduce((so, part) => so + Number(part.dataset.price), 0);
  inside.textContent = parts.map((part) => part.dataset.name).join(", ") || inside.dataset.nothing;
  form.querySelector("[data-sum]").textContent = new Intl.NumberFormat(root.lang, { style: "currency", currency: "EUR" }).format(total);
  const bread = parts.some((part) => part.name === "bread");
  const picture = form.querySelector("[data-built]");
  const drawn = bread ? `/pictures/own.svg?parts=${parts.map((part) => part.value).join(".")}` : "/pictures/bread-sourdough.svg";
  if (picture.getAttribute("src") !== drawn) picture.src = drawn;
}

/* ---- a word to the visitor ---- */

let saying;

function say(text) {
  const said = document.querySelector("[data-said]");
  said.textContent = text;
  said.hidden = false;
  clearTimeout(saying);
  saying = setTimeout(() => (said.hidden = true), 6000);
}

if (window.regulars?.person) start();
else addEventListener("regulars:ready", start, { once: true });
