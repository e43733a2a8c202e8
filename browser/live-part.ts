/**
 * <div data-live="visitors" data-part="/desk/visitors/list">: fetched anew, a moment after something happened on one of
 * the topics; not while somebody types in it.
 */

declare const htmx: { ajax(verb: string, path: string, how: { target: Element; swap: string }): Promise<void> };

const SOON = 700;
let source: EventSource | undefined;
let shown: Element | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function again(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    if (!shown?.isConnected) return;
    if (shown.querySelector("details[open], form :focus")) again();
    else void htmx.ajax("GET", (shown as HTMLElement).dataset.part ?? "", { target: shown, swap: "morph:innerHTML" });
  }, SOON);
}

function listen(): void {
  const here = document.querySelector<HTMLElement>("[data-live][data-part]") ?? undefined;
  if (here === shown) return;
  source?.close();
  source = undefined;
  shown = here;
  if (!here) return;
  source = new EventSource(`/desk/live?topics=${encodeURIComponent(here.dataset.live ?? "")}`);
  source.onmessage = again;
}

document.addEventListener("DOMContentLoaded", listen);
document.addEventListener("htmx:afterSettle", listen);
