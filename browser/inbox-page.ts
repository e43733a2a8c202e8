/** What every part of the inbox needs to know about the page it is on. */

interface Ajax { source: string; target: string; select?: string; swap: string }
declare const htmx: { ajax(verb: string, path: string, how: Ajax): Promise<void> };

export function page(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#inbox");
}

/** The number of the conversation that is open. */
export function open(): string {
  return page()?.dataset.number ?? "";
}

export function find<T extends HTMLElement>(what: string, inside: ParentNode = document): T | null {
  return inside.querySelector<T>(what);
}

export function all<T extends HTMLElement>(what: string, inside: ParentNode = document): T[] {
  return [...inside.querySelectorAll<T>(what)];
}

/** Send a form of ours in the background; the proof that it is ours goes along. */
export async function send(path: string, said: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ csrf: page()?.dataset.csrf ?? "", ...said });
  return fetch(path, { method: "POST", body, keepalive: true, redirect: "manual" });
}

/** Read one part of this page anew. Each part asks for itself: of requests of one element only the last waits its turn. */
export function renew(part: string): Promise<void> {
  if (!document.querySelector(part)) return Promise.resolve();
  return htmx.ajax("GET", location.pathname + location.search, { source: part, target: part, select: part, swap: "morph:outerHTML" });
}

/** Put what `path` says into one part of this page. */
export function renewFrom(path: string, part: string): Promise<void> {
  return htmx.ajax("GET", path, { source: part, target: part, swap: "morph:innerHTML" });
}

export function icon(name: string): string {
  const known = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
  return `<svg class="icon" aria-hidden="true"><use href="${known}#${name}"></use></svg>`;
}

export function element(tag: string, its: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = its;
  made.textContent = text;
  return made;
}

/** Whether keys are for writing right now. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
}
