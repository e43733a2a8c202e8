/**
 * <regulars-slot name="home.for-you" size="6" heading="For you" mode></regulars-slot>
 *
 * name     the slot, as your Regulars knows it
 * size     how many items
 * heading  words above the row (optional); "auto": the title of the decision, e.g. "Because you had Falafel wrap"
 * mode     present: shows "choose for me / I choose" (only after consent)
 * layout   "grid" (as given) or "row" (one line that scrolls)
 * context  JSON with what the page knows: {"item": "falafel-wrap"}
 *
 * What you put inside the element is shown instead when nothing can be shown. Parts to style from outside:
 * card, title, image, price, chip, sheet, heading. Colours: --regulars-accent, --regulars-surface, …
 */

import css from "./slot.css";
import type { Regulars } from "./client";
import { h, safe } from "./dom";
import { chip, openSheet } from "./reason";
import type { Chosen, Decision, Fields } from "./types";
import { fill, wordsFor, type Words } from "./words";

let styles: CSSStyleSheet | undefined;

function sheetOfStyles(): CSSStyleSheet {
  if (!styles) {
    styles = new CSSStyleSheet();
    styles.replaceSync(css); // not an inline style: allowed under style-src 'self'
  }
  return styles;
}

export function defineSlot(client: Regulars): void {
  class RegularsSlot extends HTMLElement {
    static observedAttributes = ["name", "size", "context"];
    decision?: Decision;
    private readonly root: ShadowRoot = this.attachShadow({ mode: "open" });
    private readonly list = h("ul", { class: "cards", part: "cards" });
    private readonly status = h("p", { class: "hidden", role: "status" });
    private readonly shown = new Set<Element>();
    private asked = 0;
    private watcher?: IntersectionObserver;
    private readonly again = (): void => void this.load();

    connectedCallback(): void {
      this.root.adoptedStyleSheets = [sheetOfStyles()];
      this.watcher = new IntersectionObserver((seen) => this.see(seen), { threshold: 0.5 });
      addEventListener("regulars:refresh", this.again);
      this.frame();
      void this.load();
    }

    disconnectedCallback(): void {
      removeEventListener("regulars:refresh", this.again);
      this.watcher?.disconnect();
    }

    attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
      if (this.isConnected && before !== null && before !== after) void this.load();
    }

    /** Decide again and show the answer. */
    async load(): Promise<void> {
      const turn = ++this.asked;
      this.list.setAttribute("aria-busy", "true");
      this.offerMode();
      if (!this.decision) this.skeletons();
      try {
        const decision = await client.decide(this.slotName, { size: this.size, context: this.pageContext });
        if (turn === this.asked) this.show(decision);
      } catch (fault) {
        console.warn(fault);
        if (turn === this.asked && !this.decision) this.list.replaceChildren(h("li", { class: "whole" }, h("slot")));
      } finally {
        if (turn === this.asked) this.list.removeAttribute("aria-busy");
      }
    }

    private get slotName(): string {
      return this.getAttribute("name") ?? "";
    }

    private get size(): number | undefined {
      return Number(this.getAttribute("size")) || undefined;
    }

    /** The words above the row; heading="auto" takes the title of the decision ("Because you had …"). */
    private get heading(): string {
      const given = this.getAttribute("heading") ?? "";
      return given === "auto" ? this.decision?.title ?? "…" : given;
    }

    private get words(): Words {
      return wordsFor(client.language);
    }

    private get pageContext(): Fields {
      return JSON.parse(this.getAttribute("context") || "{}") as Fields;
    }

    private frame(): void {
      const { heading } = this;
      const top = h("header", {}, heading ? h("h2", { part: "heading", id: "heading" }, heading) : undefined);
      const label = heading ? { "aria-labelledby": "heading" } : { "aria-label": this.slotName };
      const body = h("section", { ...label, "data-layout": this.getAttribute("layout") ?? "grid" }, top, this.list, this.status);
      this.root.replaceChildren(body);
    }

    /** Who chooses here can be said once there is somebody to remember it for. */
    private offerMode(): void {
      const there = this.root.querySelector(".mode");
      const wanted = this.hasAttribute("mode") && client.person.consent === "granted";
      if (wanted && !there) this.root.querySelector("header")?.append(this.modeControl());
      if (!wanted) there?.remove();
    }

    private skeletons(): void {
      const bones = Array.from({ length: this.size ?? 4 }, () => h("li", { class: "card bones", "aria-hidden": "true" }, h("i"), h("b"), h("u")));
      this.list.replaceChildren(...bones);
    }

    private show(decision: Decision): void {
      this.decision = decision;
      this.shown.clear();
      this.watcher?.disconnect();
      this.list.replaceChildren(...decision.items.map((c, i) => this.card(c, i)));
      if (!decision.items.length) this.list.append(this.emptiness(decision));
      for (const card of this.list.children) this.watcher?.observe(card);
      const top = this.root.getElementById("heading");
      if (top) top.textContent = this.heading;
      this.tellMode(decision.mode);
      this.status.textContent = fill(this.words.updated, { n: decision.items.length, slot: this.heading });
    }

    private emptiness(decision: Decision): HTMLElement {
      const text = decision.mode === "only_what_i_chose" ? this.words.emptyChosen : this.words.empty;
      return h("li", { class: "whole" }, h("slot", {}, text));
    }

    private card(chosen: Chosen, position: number): HTMLElement {
      const url = safe(chosen.url);
      const image = safe(chosen.image);
      const click = (): void => this.clicked(chosen, position);
      const open = (): void => void openSheet(this.root, chosen, this.sheet());
      const inside = [
        h("span", { class: "image", part: "image" }, image && h("img", { src: image, alt: "", loading: "lazy" })),
        h("span", { class: "title", part: "title" }, chosen.title || chosen.item),
        h("span", { class: "price", part: "price" }, chosen.price?.text ?? ""),
      ];
      const body = url ? h("a", { class: "body", href: url, onclick: click }, ...inside) : h("span", { class: "body" }, ...inside);
      return h("li", { class: "card", part: "card", "data-position": String(position) }, body, chip(chosen, this.words, open));
    }

    private sheet(): Parameters<typeof openSheet>[2] {
      return { client, words: this.words, decision: this.decision!.decision, changed: () => void client.refresh() };
    }

    private clicked(chosen: Chosen, position: number): void {
      const { decision, slot } = this.decision!;
      client.track("Product Clicked", { product_id: chosen.item, position: position + 1, list_id: slot, decision });
    }

    private see(seen: IntersectionObserverEntry[]): void {
      const fresh = seen.filter((s) => s.isIntersecting && !this.shown.has(s.target)).map((s) => s.target as HTMLElement);
      if (!fresh.length || !this.decision) return;
      const { decision, slot, items } = this.decision;
      const products: Fields[] = [];
      for (const card of fresh) {
        this.shown.add(card);
        this.watcher?.unobserve(card);
        const position = Number(card.dataset.position);
        const item = items[position]?.item;
        if (item) products.push({ product_id: item, position: position + 1 });
      }
      if (products.length) client.track("Product List Viewed", { list_id: slot, decision, products });
    }

    private modeControl(): HTMLElement {
      const option = (value: string, label: string): Node =>
        h("label", {}, h("input", { type: "radio", name: "mode", value, onchange: () => void this.setMode(value) }), h("span", {}, label));
      const { words } = this;
      return h(
        "fieldset",
        { class: "mode" },
        h("legend", { class: "hidden" }, words.who),
        option("choose_for_me", words.forMe),
        option("i_choose", words.iChoose),
      );
    }

    private tellMode(mode: string): void {
      for (const input of this.root.querySelectorAll<HTMLInputElement>(".mode input")) {
        input.checked = input.value === mode || (input.value === "i_choose" && mode === "only_what_i_chose");
      }
    }

    private async setMode(mode: string): Promise<void> {
      try {
        await client.choose("mode", mode, { scope: this.slotName });
        this.status.textContent = this.words.saved;
      } catch (fault) {
        console.warn(fault);
        this.status.textContent = this.words.failed;
        this.tellMode(this.decision?.mode ?? "choose_for_me");
      }
    }
  }
  if (!customElements.get("regulars-slot")) customElements.define("regulars-slot", RegularsSlot);
}
