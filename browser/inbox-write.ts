/** The composer: drafts, files by paste, ready answers, suggestions, emoji. Everything also works as a plain form. */

import { all, element, find, icon, open, page, send } from "./inbox-page";
import { toEnd, typed } from "./inbox-live";

interface Found { key: string; ref: string; title: string; preview: string; shortcut: string; language: string }
interface Suggested { key: string; kind: string; ref: string; title: string; text: string; url: string; reason: { kind: string; text: string } }

const KEEP_AFTER = 700;
const SIGNS: Record<string, string> = { chosen: "check", because: "sparkles", popular: "users", rule: "store", trying: "leaf" };
let timer: ReturnType<typeof setTimeout> | undefined;
let asked = 0;
let held: { number: string; text: string } | undefined;

function area(): HTMLTextAreaElement | null {
  return find<HTMLTextAreaElement>(".composer textarea");
}

function put(text: string, from?: number): void {
  const here = area();
  if (!here) return;
  here.focus();
  here.setRangeText(text, from ?? here.selectionStart, here.selectionEnd, "end");
  here.dispatchEvent(new Event("input", { bubbles: true }));
}

/** ---- drafts ---- */

function keepDraft(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void keepNow(), KEEP_AFTER);
}

async function keepNow(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const here = area();
  const number = open();
  if (!here || !number) return;
  const kind = find<HTMLInputElement>(".composer [name=kind]:checked")?.value ?? "reply";
  const answer = await send(`/desk/c/${number}/draft`, { text: here.value, kind });
  const state = find(".draft-state");
  if (state && answer.ok) state.textContent = here.value ? (state.dataset.saved ?? "") : "";
}

export function leave(): void {
  if (timer) void keepNow();
}

/** What is being written stays when a page comes that was made before its draft was kept; not after the composer sent it. */
export function hold(by: Element): void {
  const here = area();
  held = here && !by.closest(".composer, #undo-send") ? { number: open(), text: here.value } : undefined;
}

export function giveBack(): void {
  const here = area();
  if (here && held?.number === open()) here.value = held.text;
  held = undefined;
}

/** ---- ready answers, by "/" ---- */

function slash(): HTMLElement | null {
  return find(".slash");
}

function slashed(here: HTMLTextAreaElement): { from: number; words: string; sign: string } | null {
  const before = here.value.slice(0, here.selectionStart);
  const found = /(?:^|\s)([/@])([^\s/@]{0,40})$/.exec(before);
  return found ? { from: before.length - found[2]!.length - 1, words: found[2]!, sign: found[1]! } : null;
}

async function offer(here: HTMLTextAreaElement): Promise<void> {
  const at = slashed(here);
  const list = slash();
  if (!list) return;
  if (!at) return void (list.hidden = true);
  if (at.sign === "@") return offerPeople(here, list, at);
  const mine = ++asked;
  const answer = await fetch(`${here.dataset.answers}?q=${encodeURIComponent(at.words)}`);
  if (mine !== asked || !answer.ok) return;
  const { items } = (await answer.json()) as { items: Found[] };
  fill(list, items.map((one) => option(one.shortcut ? `${one.title}  /${one.shortcut}` : one.title, one.preview, () => void useReady(one, at.from))));
}

function offerPeople(here: HTMLTextAreaElement, list: HTMLElement, at: { from: number; words: string }): void {
  if (find<HTMLInputElement>(".composer [name=kind]:checked")?.value !== "note") return void (list.hidden = true);
  const names = (here.dataset.people ?? "").split("|").filter((n) => n.toLowerCase().startsWith(at.words.toLowerCase()));
  fill(list, names.slice(0, 8).map((name) => option(name, "", () => put(`@${name.split(" ")[0]} `, at.from))));
}

function option(title: string, small: string, choose: () => void): HTMLElement {
  const made = element("button", "option");
  made.setAttribute("type", "button");
  made.setAttribute("role", "option");
  made.append(element("span", "", title), element("small", "", small));
  made.addEventListener("click", () => {
    slash()!.hidden = true;
    choose();
  });
  return made;
}

function fill(list: HTMLElement, options: HTMLElement[]): void {
  list.replaceChildren(...options);
  list.hidden = !options.length;
  options[0]?.setAttribute("aria-selected", "true");
}

async function useReady(one: { ref: string; key: string }, from?: number): Promise<void> {
  const here = area();
  if (!here) return;
  const answer = await fetch(`${here.dataset.answers}/${one.ref}`);
  const said = (await answer.json()) as { text?: string; detail?: string; language?: string; files?: { name: string }[] };
  find(".missing")?.remove();
  if (!answer.ok || said.text === undefined) {
    const fault = element("p", "missing", said.detail ?? "");
    fault.setAttribute("role", "alert");
    here.after(fault);
    return;
  }
  put(said.text, from);
  used(one.key);
  for (const file of said.files ?? []) shown(file.name);
}

function used(key: string): void {
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "used", value: key });
  find(".composer")?.append(mark);
}

function pick(event: KeyboardEvent): void {
  const list = slash();
  if (!list || list.hidden) return;
  const options = all<HTMLButtonElement>(".option", list);
  const at = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length;
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === next)));
    options[next]?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" || event.key === "Tab") options[at]?.click();
  else if (event.key === "Escape") list.hidden = true;
  else return;
  event.preventDefault();
}

/** ---- suggested answers ---- */

export async function suggest(): Promise<void> {
  const row = find(".suggestions[data-suggestions]");
  if (!row || row.dataset.asked) return;
  row.dataset.asked = "yes";
  const answer = await fetch(row.dataset.suggestions ?? "");
  if (!answer.ok) return;
  const { items } = (await answer.json()) as { items: Suggested[] };
  for (const one of items) {
    const card = element("button", "suggestion");
    card.setAttribute("type", "button");
    card.title = one.text || one.title;
    const chip = element("span", "reason");
    chip.dataset.kind = one.reason.kind;
    chip.innerHTML = icon(SIGNS[one.reason.kind] ?? "sparkles");
    chip.append(element("span", "", one.reason.text));
    card.append(element("span", "", one.title), chip);
    card.addEventListener("click", () => {
      if (one.kind === "ready") return void useReady(one);
      put(one.text || (one.url ? `[${one.title}](${new URL(one.url, location.href).href})` : one.title));
      used(one.key);
    });
    row.append(card);
  }
  row.hidden = !items.length;
  toEnd();
}

/** ---- files ---- */

function shown(name: string): void {
  const list = find(".files.chosen");
  if (!list) return;
  list.append(element("li", "", name));
  list.hidden = false;
}

function showFiles(input: HTMLInputElement): void {
  find(".files.chosen")?.replaceChildren();
  for (const file of input.files ?? []) shown(file.name);
}

function addFiles(files: FileList): boolean {
  const input = find<HTMLInputElement>(".composer [name=files]");
  if (!input || !files.length) return false;
  const together = new DataTransfer();
  for (const file of [...(input.files ?? []), ...files]) together.items.add(file);
  input.files = together.files;
  showFiles(input);
  return true;
}

document.addEventListener("paste", (event) => {
  if (!(event.target as HTMLElement).closest?.(".composer") || !event.clipboardData?.files.length) return;
  if (addFiles(event.clipboardData.files)) event.preventDefault();
});
document.addEventListener("dragover", (event) => {
  if ((event.target as HTMLElement).closest?.(".talk-pane") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!(event.target as HTMLElement).closest?.(".talk-pane") || !event.dataTransfer) return;
  if (addFiles(event.dataTransfer.files)) event.preventDefault();
});

/** ---- what is pressed and typed ---- */

document.addEventListener("input", (event) => {
  const here = event.target as HTMLElement;
  if (!page() || !here.matches(".composer textarea")) return;
  typed();
  keepDraft();
  void offer(here as HTMLTextAreaElement);
});
document.addEventListener("change", (event) => {
  const here = event.target as HTMLElement;
  if (here.matches(".composer [name=files]")) showFiles(here as HTMLInputElement);
  if (here.matches(".composer [name=kind]")) keepDraft();
});
document.addEventListener("keydown", (event) => {
  if ((event.target as HTMLElement).matches?.(".composer textarea")) pick(event);
}, true);
document.addEventListener("click", (event) => {
  const pressed = (event.target as HTMLElement).closest<HTMLElement>("[data-emoji], [data-slash]");
  if (pressed?.dataset.emoji) put(pressed.dataset.emoji);
  else if (pressed) {
    const here = area();
    put(here && here.selectionStart && !/\s$/.test(here.value.slice(0, here.selectionStart)) ? " /" : "/");
  }
});
document.addEventListener("submit", (event) => {
  if ((event.target as HTMLElement).matches(".composer")) clearTimeout(timer), (timer = undefined);
}, true); // before the form sends itself: a draft kept after the answer would come back
