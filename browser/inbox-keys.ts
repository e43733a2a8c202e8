/** Everything by keyboard; `?` shows which keys. */

import { all, find, page, typing } from "./inbox-page";

function lines(): HTMLElement[] {
  return all(".line-link");
}

function move(by: number): void {
  const there = lines();
  if (!there.length) return;
  const focused = there.indexOf(document.activeElement as HTMLElement);
  const current = focused >= 0 ? focused : there.findIndex((line) => line.closest("[aria-current]"));
  const next = there[Math.min(Math.max(current + by, 0), there.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function write(kind: "reply" | "note"): void {
  const choice = find<HTMLInputElement>(`.composer [name=kind][value=${kind}]`);
  choice?.click();
  find<HTMLTextAreaElement>(".composer textarea")?.focus();
}

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write("reply"),
  n: () => write("note"),
  e: () => find("#do-solve")?.click(),
  x: () => (document.activeElement?.closest(".line") ?? find(".line[aria-current]"))?.querySelector<HTMLInputElement>(".tick input")?.click(),
  u: () => location.assign(page()?.dataset.list ?? "/desk"),
  a: () => find<HTMLSelectElement>("#set-assignee")?.focus(),
  "/": () => find<HTMLInputElement>("#q")?.select(),
  "?": () => find<HTMLDialogElement>("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (!page() || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && (event.target as HTMLElement).closest(".composer")) {
    event.preventDefault();
    find<HTMLButtonElement>("#do-send")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    all<HTMLDetailsElement>(".menu[open], .views-menu[open]").forEach((menu) => (menu.open = false));
    if (typing(event.target)) (event.target as HTMLElement).blur();
    return;
  }
  if (typing(event.target) || find("dialog[open]")) return;
  const does = KEYS[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

/** One menu at a time; a press elsewhere closes it. */
document.addEventListener("click", (event) => {
  const within = (event.target as HTMLElement).closest("details");
  all<HTMLDetailsElement>(".menu[open], .views-menu[open]").forEach((menu) => {
    if (menu !== within && !menu.contains(within)) menu.open = false;
  });
});
