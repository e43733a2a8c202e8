/** What this visitor may want to know: the slot "chat.greeting", decided like any other, each with its reason. */

import linkIcon from "lucide-static/icons/external-link.svg";
import type { ChatWords } from "./chat-words";
import type { Regulars } from "./client";
import { h, icon, safe } from "./dom";
import { chip, openSheet } from "./reason";
import type { Chosen, Decision } from "./types";
import { fill, type Words } from "./words";

export const SLOT = "chat.greeting";

/** The cards; none when nothing fits or the server does not answer. A press asks about the topic. */
export async function topics(client: Regulars, root: ShadowRoot, words: ChatWords, reasons: Words, write: (text: string) => void): Promise<Node[]> {
  const decision = await client.decide(SLOT).catch((fault) => {
    console.warn(fault);
    return undefined;
  });
  if (!decision?.items.length) return [];
  const told = (chosen: Chosen, position: number): void => {
    client.track("Product Clicked", { product_id: chosen.item, position: position + 1, list_id: SLOT, decision: decision.decision });
  };
  const cards = decision.items.map((chosen, i) => {
    const ask = (): void => {
      told(chosen, i);
      write(fill(words.ask, { title: chosen.title }));
    };
    return h("li", { class: "topic" }, h("button", { type: "button", class: "ask", onclick: ask }, chosen.title), link(chosen, words, () => told(chosen, i)), why(client, root, reasons, decision, chosen));
  });
  const products = decision.items.map((c, i) => ({ product_id: c.item, position: i + 1 }));
  client.track("Product List Viewed", { list_id: SLOT, decision: decision.decision, products });
  return [h("h3", {}, words.topics), h("ul", {}, ...cards)];
}

function link(chosen: Chosen, words: ChatWords, click: () => void): Node | undefined {
  const url = safe(chosen.url);
  const label = fill(words.read, { title: chosen.title });
  return url ? h("a", { href: url, class: "read", "aria-label": label, title: label, onclick: click }, icon(linkIcon)) : undefined;
}

function why(client: Regulars, root: ShadowRoot, words: Words, decision: Decision, chosen: Chosen): Node {
  const open = (): void => void openSheet(root, chosen, { client, words, decision: decision.decision, changed: () => void client.refresh() });
  return chip(chosen, words, open);
}
