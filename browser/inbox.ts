/** The agents' inbox, where plain pages and forms are not enough. Without it everything still works, by reloading. */

import "./inbox-keys";
import { away, listen, toEnd } from "./inbox-live";
import { all, find, open, page } from "./inbox-page";
import { giveBack, hold, leave, suggest } from "./inbox-write";

let shown = "";
let newest = "";

/** The page is new, or was changed under us: look what is there now. */
function settle(): void {
  if (!page()) return;
  const thread = find("#thread");
  const here = `${open()}/${thread?.dataset.newest ?? ""}`;
  if (open() !== shown || (here !== newest && find("#undo-send"))) toEnd();
  if (open() !== shown) find(".line[aria-current]")?.scrollIntoView({ block: "nearest" });
  shown = open();
  newest = here;
  listen();
  void suggest();
  all<HTMLIFrameElement>("iframe.mail").forEach(fit);
  runOut();
  count();
}

/** A mail is as high as it is: its frame runs nothing, so we may look. */
function fit(frame: HTMLIFrameElement): void {
  const measure = (): void => {
    const body = frame.contentDocument?.body;
    if (body) frame.height = String(Math.min(Math.max(body.scrollHeight + 24, 48), 4_000));
    if (body) frame.setAttribute("data-fits", "");
  };
  frame.addEventListener("load", measure);
  measure();
}

/** Ten seconds to take an answer back, counted down. */
function runOut(): void {
  const bar = find("#undo-send");
  if (!bar || bar.dataset.runs) return;
  bar.dataset.runs = "yes";
  const end = Date.now() + Number(bar.dataset.seconds) * 1000;
  const left = find(".undo-left", bar);
  const tick = (): void => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    if (!bar.isConnected) return;
    if (seconds <= 0) return bar.remove();
    if (left) left.textContent = String(seconds);
    setTimeout(tick, 250);
  };
  tick();
}

/** How many are ticked. */
function count(): void {
  const words = find(".mass-count");
  const ticked = all(".lines .tick :checked").length;
  if (words) words.textContent = ticked ? String(ticked) : "";
}

document.addEventListener("change", (event) => {
  if ((event.target as HTMLElement).matches(".tick input")) count();
});

document.addEventListener("click", (event) => {
  const pressed = (event.target as HTMLElement).closest<HTMLElement>("[data-step-to], [data-pictures]");
  if (pressed?.dataset.stepTo) {
    event.preventDefault();
    page()!.dataset.step = pressed.dataset.stepTo;
  } else if (pressed?.dataset.pictures) {
    const frame = find<HTMLIFrameElement>("iframe.mail", pressed.parentElement!);
    if (frame) frame.src = pressed.dataset.pictures;
    pressed.remove();
  }
});

document.addEventListener("DOMContentLoaded", settle);
document.addEventListener("htmx:afterSettle", (event) => {
  if ((event as CustomEvent<{ boosted?: boolean }>).detail.boosted) giveBack();
  settle();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { boosted, requestConfig } = (event as CustomEvent<{ boosted?: boolean; requestConfig: { elt: Element } }>).detail;
  if (boosted) hold(requestConfig.elt);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const asks = (event as CustomEvent<{ boosted: boolean }>).detail;
  if (asks.boosted) leave();
});
window.addEventListener("pagehide", () => {
  leave();
  away();
});
