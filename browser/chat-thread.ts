/** The conversation as it is shown: days, messages, files, what is on its way. */

import fileIcon from "lucide-static/icons/file.svg";
import type { Unsent } from "./chat-kept";
import { body } from "./chat-text";
import type { ChatWords } from "./chat-words";
import type { Attached, Message, Wire } from "./chat-wire";
import { h, icon, safe } from "./dom";
import { fill } from "./words";

const TYPING_LASTS = 6_000;

export class Thread {
  readonly list = h("ol", { class: "thread" });
  readonly typing = h("p", { class: "typing", role: "status" });
  private readonly shown = new Map<string, { element: HTMLElement; as: string }>();
  private timer?: ReturnType<typeof setTimeout>;
  private last = "";

  constructor(private words: ChatWords, private language: string, private again: (id: string) => void) {}

  showTyping(): void {
    this.typing.textContent = fill(this.words.typing, { who: this.last || this.words.us });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typing.textContent = ""), TYPING_LASTS);
  }

  /** Only what changed is touched: a screen reader says new messages, and says them once. */
  show(messages: Message[], unsent: Unsent[], seen: number): void {
    const durable = new Set(messages.map((m) => m.client).filter(Boolean));
    const ownLast = messages.filter((m) => m.own).at(-1)?.id;
    const rows: HTMLElement[] = [];
    let day = "";
    for (const message of messages) {
      const date = this.day(message.at);
      if (date !== day) rows.push(this.kept(`day ${date}`, "", () => h("li", { class: "day" }, date)));
      day = date;
      if (!message.own && message.name) this.last = message.name;
      const state = message.id === ownLast ? (message.id <= seen ? this.words.seen : this.words.sent) : "";
      const key = message.client || String(message.id);
      rows.push(this.kept(key, `${message.id} ${state}`, () => this.message(message, state)));
    }
    for (const one of unsent) if (!durable.has(one.id)) rows.push(this.kept(one.id, one.refused ?? "…", () => this.pending(one)));
    this.place(rows);
  }

  private kept(key: string, as: string, make: () => HTMLElement): HTMLElement {
    const there = this.shown.get(key);
    if (there?.as === as) return there.element;
    const element = make();
    this.shown.set(key, { element, as });
    there?.element.replaceWith(element);
    return element;
  }

  private place(rows: HTMLElement[]): void {
    const wanted = new Set(rows);
    for (const old of [...this.list.children]) if (!wanted.has(old as HTMLElement)) old.remove();
    rows.forEach((row, i) => {
      if (this.list.children[i] !== row) this.list.insertBefore(row, this.list.children[i] ?? null);
    });
  }

  private message(message: Message, state: string): HTMLElement {
    const who = message.own ? this.words.you : message.name || this.words.us;
    const time = new Date(message.at);
    return h(
      "li",
      { class: message.own ? "said own" : "said", "data-id": String(message.id) },
      h("span", { class: message.own ? "hidden" : "who" }, who),
      h("div", { class: "balloon" }, message.text && body(message.text, message.own), ...(message.files ?? []).map((f) => this.file(f))),
      h("span", { class: "when" }, h("time", { datetime: message.at, title: time.toLocaleString(this.language) }, this.clock(time)), state && ` · ${state}`),
    );
  }

  private pending(one: Unsent): HTMLElement {
    const names = one.files.map((f) => h("span", { class: "file" }, icon(fileIcon), f.name));
    const state = one.refused
      ? h("span", { class: "when fault" }, fill(this.words.notSent, { why: one.refused }), " ", h("button", { type: "button", class: "plain", onclick: () => this.again(one.id) }, this.words.again))
      : h("span", { class: "when" }, this.words.sending);
    return h("li", { class: "said own pending" }, h("div", { class: "balloon" }, one.text && body(one.text, true), ...names), state);
  }

  private file(file: Attached): HTMLElement {
    const url = safe(file.url);
    const size = new Intl.NumberFormat(this.language, { maximumFractionDigits: 1 }).format(file.size / 1e6);
    const inside = file.picture && url ? h("img", { src: url, alt: file.name, loading: "lazy" }) : h("span", { class: "file" }, icon(fileIcon), `${file.name} (${size} MB)`);
    return h("a", { class: file.picture ? "picture" : "", href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
  }

  private clock(time: Date): string {
    return time.toLocaleTimeString(this.language, { hour: "2-digit", minute: "2-digit" });
  }

  private day(at: string): string {
    const date = new Date(at);
    const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
    if (ago === 0) return this.words.today;
    return ago === 1 ? this.words.yesterday : date.toLocaleDateString(this.language, { day: "numeric", month: "long" });
  }
}

/** One line on how chat stands: who answers, the place in the queue, when it opens again. */
export function standingLine(wire: Wire, words: ChatWords, language: string): string {
  const { standing } = wire;
  if (wire.fault) return fill(words.refused, { why: wire.fault });
  if (!wire.connected && standing) return words.offline;
  if (!standing) return "";
  if (standing.place) {
    const { number, seconds } = standing.place;
    const wait = seconds < 60 ? words.waitShort : fill(words.wait, { n: Math.round(seconds / 60) });
    return `${number === 1 ? words.next : fill(words.place, { n: number })} · ${wait}`;
  }
  if (standing.standing === "open") return words.live;
  if (standing.standing === "busy") return words.busy;
  const when = standing.opens && new Date(standing.opens).toLocaleString(language, { weekday: "long", hour: "2-digit", minute: "2-digit" });
  return `${words[standing.standing]}${when ? ` ${fill(words.opens, { when })}` : ""}`;
}
