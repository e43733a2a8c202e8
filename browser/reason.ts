/** The reason chip and its sheet: where a thing came from, its evidence, and how to put it right. */

import checkIcon from "lucide-static/icons/check.svg";
import leafIcon from "lucide-static/icons/leaf.svg";
import sparklesIcon from "lucide-static/icons/sparkles.svg";
import storeIcon from "lucide-static/icons/store.svg";
import usersIcon from "lucide-static/icons/users.svg";
import closeIcon from "lucide-static/icons/x.svg";
import type { Regulars } from "./client";
import { h, icon } from "./dom";
import type { Because, Chosen, Fact, Named, ReasonKind, Receipt } from "./types";
import { fill, type Words } from "./words";

const ICONS: Record<ReasonKind, string> = {
  chosen: checkIcon,
  because: sparklesIcon,
  popular: usersIcon,
  rule: storeIcon,
  trying: leafIcon,
};
const CORRECTIONS = ["not_for_me", "less_like_this", "wrong_about_me", "do_not_learn", "more_like_this"] as const;

export interface Sheet {
  client: Regulars;
  words: Words;
  decision: string;
  changed: () => void;
}

/** The chip under a card; a press opens the sheet. */
export function chip(chosen: Chosen, words: Words, open: () => void): HTMLButtonElement {
  const { kind, text } = chosen.reason;
  const label = `${text} (${words[kind]}). ${fill(words.whyThis, { title: chosen.title })}`;
  return h(
    "button",
    { type: "button", class: "chip", part: "chip", "data-kind": kind, "aria-haspopup": "dialog", "aria-label": label, onclick: open },
    icon(ICONS[kind] ?? sparklesIcon),
    h("span", {}, text),
  );
}

/** The sheet for one outcome, open and modal; the browser keeps the focus inside and gives it back. */
export function openSheet(root: ShadowRoot, chosen: Chosen, sheet: Sheet): HTMLDialogElement {
  const { words } = sheet;
  const says = h("div", { class: "says", role: "status" });
  const dialog = h(
    "dialog",
    { class: "sheet", part: "sheet", "aria-label": fill(words.whyThis, { title: chosen.title }) },
    h(
      "header",
      {},
      h("h3", {}, chosen.title),
      h("button", { type: "button", class: "close", "aria-label": words.close, onclick: () => dialog.close() }, icon(closeIcon)),
    ),
    h("p", { class: "sentence", "data-kind": chosen.reason.kind }, icon(ICONS[chosen.reason.kind] ?? sparklesIcon), h("span", {}, chosen.reason.text)),
    evidence(chosen, sheet),
    actions(chosen, sheet, says),
    says,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (e) => e.target === dialog && dialog.close());
  root.append(dialog);
  dialog.showModal();
  return dialog;
}

function evidence(chosen: Chosen, sheet: Sheet): Node | undefined {
  const { words, client } = sheet;
  const { because, rest, moved } = chosen.reason;
  const parts = because.filter((b) => b.title || b.facet || b.rule);
  if (!parts.length) return undefined;
  const percent = new Intl.NumberFormat(client.language, { style: "percent", maximumFractionDigits: 0 });
  const row = (what: Node, share: number): HTMLElement => h("li", {}, what, h("span", { class: "share" }, percent.format(share)));
  const told = h("div", { class: "without", role: "status" });
  const rows = parts.map((b) => row(deed(b, sheet, told), b.share));
  if (rest && rest >= 0.005) rows.push(row(h("span", {}, words.rest), rest));
  const order = moved ? fill(moved > 0 ? words.movedUp : words.movedDown, { n: Math.abs(moved) }) : "";
  return h("div", {}, h("h4", {}, words.evidence), h("ul", { class: "evidence" }, ...rows), order && h("p", { class: "moved" }, order), told);
}

/** One thing it rests on; of what they did one can ask what would stand here without it. */
function deed(b: Because, sheet: Sheet, told: HTMLElement): HTMLElement {
  const what = h("span", {}, basis(b, sheet.words));
  if (!b.event) return what;
  const ask = (): void => void without(b, sheet, told);
  const label = `${sheet.words.without} ${basis(b, sheet.words)}`;
  what.append(" ", h("button", { type: "button", class: "ask", "aria-label": label, onclick: ask }, sheet.words.without));
  return what;
}

async function without(b: Because, sheet: Sheet, told: HTMLElement): Promise<void> {
  const { words } = sheet;
  told.replaceChildren(words.working);
  try {
    const found = await sheet.client.without(sheet.decision, b.event!);
    const same = !found.removed.length && !found.added.length;
    const about = found.about.map((n) => n.title).join(", ");
    const said = fill(same ? words.withoutSame : words.withoutThis, { what: about || basis(b, words) });
    told.replaceChildren(h("p", {}, said), names("−", found.removed) ?? "", names("+", found.added) ?? "");
  } catch (fault) {
    console.warn(fault);
    told.replaceChildren(words.withoutGone);
  }
}

function basis(b: Because, words: Words): string {
  if (b.facet) return fill(b.guess ? words.weGuess : words.youChose, { value: b.text || b.value || b.facet });
  return b.text || b.title || words.shop;
}

function actions(chosen: Chosen, sheet: Sheet, says: HTMLElement): HTMLElement {
  const bar = h("div", { class: "actions" });
  for (const kind of CORRECTIONS.filter((k) => makesSense(k, chosen.reason.because))) {
    const press = (): void => void correct(chosen, kind, sheet, { bar, says });
    bar.append(h("button", { type: "button", "data-kind": kind, onclick: press }, sheet.words[kind]));
  }
  return bar;
}

/** Only a guess can be wrong, and only what somebody did can be forgotten. */
function makesSense(kind: string, because: Because[]): boolean {
  if (kind === "wrong_about_me") return because.some((b) => b.guess || b.event);
  return kind !== "do_not_learn" || because.some((b) => b.event);
}

async function correct(chosen: Chosen, kind: string, sheet: Sheet, at: { bar: HTMLElement; says: HTMLElement }): Promise<void> {
  const { client, words, decision } = sheet;
  const facet = kind === "wrong_about_me" ? chosen.reason.because.find((b) => b.guess)?.facet : undefined;
  busy(at.bar, true);
  at.says.replaceChildren(words.working);
  try {
    const answer = await client.correct(decision, chosen.item, kind, facet);
    const undo = answer.correction && (() => void takeBack(answer.correction!, sheet, at));
    at.says.replaceChildren(receipt(answer.receipt, words, undo || undefined));
    sheet.changed();
  } catch (fault) {
    console.warn(fault);
    at.says.replaceChildren(words.failed);
    busy(at.bar, false);
  }
}

async function takeBack(correction: string, sheet: Sheet, at: { bar: HTMLElement; says: HTMLElement }): Promise<void> {
  try {
    await sheet.client.uncorrect(sheet.decision, correction);
    at.says.replaceChildren(sheet.words.undone);
    busy(at.bar, false);
    sheet.changed();
  } catch (fault) {
    console.warn(fault);
    at.says.append(" ", sheet.words.failed);
  }
}

/** "3 left, 3 came. Noted: no beef." with Undo. */
function receipt(found: Receipt, words: Words, undo: (() => void) | undefined): HTMLElement {
  const moved: string[] = [];
  if (found.removed.length) moved.push(fill(words.left, { n: found.removed.length }));
  if (found.added.length) moved.push(fill(words.came, { n: found.added.length }));
  const facts = found.facts.map((f) => noted(f, words)).join(", ");
  return h(
    "div",
    { class: "receipt" },
    h("p", {}, moved.length ? `${moved.join(", ")}.` : words.nothingMoved, " ", facts && fill(words.noted, { facts }) + "."),
    names("−", found.removed),
    names("+", found.added),
    undo && h("button", { type: "button", class: "undo", onclick: undo }, words.undo),
  );
}

function names(sign: string, things: Named[]): Node | undefined {
  return things.length ? h("p", { class: "names" }, `${sign} ${things.map((t) => t.title).join(" · ")}`) : undefined;
}

function noted(fact: Fact, words: Words): string {
  const value = fact.text || String(fact.value);
  if (fact.says === "denied") return fill(words.notSo, { value });
  if (fact.says === "not_learned") return words.notLearned;
  if (fact.says === "more") return fill(words.moreLike, { value });
  return fill(fact.facet === "less_like" ? words.lessLike : words.hidden, { value });
}

function busy(bar: HTMLElement, yes: boolean): void {
  for (const button of bar.querySelectorAll("button")) button.disabled = yes;
}
