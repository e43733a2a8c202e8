/** What our own pages add to plain HTML: send a form when a choice changes, drag a list into order. */

import "./live-part";

document.documentElement.classList.add("js");

/** On a narrow screen the menu scrolls: show where we are. */
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
});

/** <form data-auto>: changing a radio, checkbox or select sends it; its button is for browsers without script. */
document.addEventListener("change", (event) => {
  const input = event.target as HTMLElement;
  const form = input.closest<HTMLFormElement>("form[data-auto]");
  if (form && !input.matches("[data-quiet]")) form.requestSubmit();
});

/** <button data-copy="text">: puts the text on the clipboard. */
document.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLElement>("[data-copy]");
  if (!button) return;
  void navigator.clipboard.writeText(button.dataset.copy ?? "").then(() => {
    button.textContent = button.dataset.copied ?? button.textContent;
  });
});

let dragged: HTMLElement | undefined;

document.addEventListener("dragstart", (event) => {
  const row = (event.target as HTMLElement).closest?.<HTMLElement>(".ordered > [draggable]");
  if (!row) return;
  dragged = row;
  row.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  const over = (event.target as HTMLElement).closest?.<HTMLElement>(".ordered > [draggable]");
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  over.parentElement!.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
});

/** The hidden inputs inside the rows carry the order: sending the form around them is enough. */
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged?.closest("form")?.requestSubmit();
  dragged = undefined;
});

/** A page inside another's frame says how tall it is. Nothing else is told. */
const bare = parent !== window ? document.querySelector<HTMLElement>("body.bare main") : null;
if (bare) {
  const tell = () => parent.postMessage({ type: "regulars-form-tall", height: Math.ceil(bare.offsetHeight) }, "*");
  new ResizeObserver(tell).observe(bare);
}

/** The inbox has styles and a script of its own: going in and out of it is a whole new page. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { boosted, xhr } = (event as CustomEvent<{ boosted: boolean; xhr: XMLHttpRequest }>).detail;
  const there = xhr.responseText.includes("inbox-page");
  if (!boosted || there === document.body.classList.contains("inbox-page")) return;
  event.preventDefault();
  location.assign(xhr.responseURL);
});
