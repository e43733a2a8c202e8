/**
 * <regulars-chat></regulars-chat>: the chat of a site. `regulars.js` fetches this file when its tag says data-chat.
 *
 * Before consent, and until the visitor opens it, it stores nothing and tells nobody that they are there. With consent
 * the team sees them among the visitors now on the site and may invite them. Colours and font as for <regulars-slot>.
 */

import chatIcon from "lucide-static/icons/message-circle.svg";
import downIcon from "lucide-static/icons/chevron-down.svg";
import closeIcon from "lucide-static/icons/x.svg";
import chatCss from "./chat.css";
import { Composer } from "./chat-compose";
import { Kept } from "./chat-kept";
import { standingLine, Thread } from "./chat-thread";
import { topics } from "./chat-topics";
import { Wire, type Message } from "./chat-wire";
import { chatWords, type ChatWords } from "./chat-words";
import type { Regulars } from "./client";
import { h, icon, safe } from "./dom";
import slotCss from "./slot.css";
import { fill, wordsFor } from "./words";

/** Called once by regulars.js. */
export function start(client: Regulars): void {
  define(client);
  if (!document.querySelector("regulars-chat")) document.body.append(document.createElement("regulars-chat"));
}

function define(client: Regulars): void {
  if (customElements.get("regulars-chat")) return;

  class RegularsChat extends HTMLElement {
    private readonly root = this.attachShadow({ mode: "open" });
    private readonly words: ChatWords = chatWords(client.language);
    private readonly kept = new Kept();
    private wire?: Wire;
    private unread = 0;
    private readonly launcher = h("button", { type: "button", class: "launch", part: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.toggle() });
    private readonly bubble = h("div", { class: "bubble", role: "status" });
    private readonly says = h("p", { class: "standing", role: "status" });
    private readonly news = h("p", { class: "hidden", role: "status" });
    private readonly greeting = h("p", { class: "greeting" });
    private readonly suggested = h("div", { class: "suggested" });
    private readonly stored = h("p", { class: "stored" });
    private readonly thread = new Thread(this.words, client.language, (id) => this.wire?.again(id));
    private readonly composer = new Composer(this.words, this.kept, () => this.wire, () => this.bottom());
    private readonly log = h("div", { class: "log", tabindex: "0", role: "log", "aria-live": "polite", "aria-label": this.words.title });
    private readonly panel: HTMLElement = h("section", { class: "panel", id: "panel", part: "panel", role: "dialog", "aria-label": this.words.title, hidden: true });

    connectedCallback(): void {
      if (this.panel.childElementCount) return;
      this.root.adoptedStyleSheets = [slotCss, chatCss].map((css) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        return sheet;
      });
      this.build();
      if (this.kept.opened || client.person.consent === "granted") this.connect();
      addEventListener("regulars:refresh", () => {
        if (client.person.consent === "granted") this.connect();
      });
      addEventListener("regulars:reset", () => this.forget());
      if (this.kept.opened && sessionStorageSays()) this.show(false);
    }

    private build(): void {
      const close = h("button", { type: "button", class: "close", "aria-label": this.words.close, onclick: () => this.hide() }, icon(downIcon));
      const head = h("header", {}, h("div", {}, h("h2", {}, this.words.title), this.says), close);
      this.log.append(this.greeting, this.suggested, this.thread.list, this.thread.typing);
      const end = h("footer", {}, this.stored, h("button", { type: "button", class: "plain", onclick: () => this.forget() }, this.words.forget));
      this.panel.append(head, this.log, this.composer.form, end);
      this.panel.addEventListener("keydown", (e) => {
        if (e.key === "Escape" && !this.root.querySelector("dialog[open]")) this.hide();
      });
      this.root.replaceChildren(this.panel, this.bubble, this.launcher, this.news);
      this.stored.textContent = this.words.stored;
      this.label();
    }

    private connect(): void {
      if (this.wire) return;
      this.kept.allow();
      this.kept.visit();
      this.wire = new Wire(client, this.kept, {
        changed: (what) => this.changed(what),
        came: (message) => this.came(message),
        typing: () => this.thread.showTyping(),
        invited: (id, text) => this.invited(id, text),
      });
      this.wire.now();
    }

    private toggle(): void {
      if (this.panel.hidden) this.show(true);
      else this.hide();
    }

    /** The visitor's own act: from here on the chat keeps what it needs, and says so. */
    private show(focus: boolean): void {
      this.panel.hidden = false;
      this.launcher.setAttribute("aria-expanded", "true");
      this.bubble.replaceChildren();
      this.unread = 0;
      this.connect();
      this.kept.set({ opened: true });
      remember(true);
      this.label();
      this.changed("messages");
      this.changed("standing");
      void topics(client, this.root, this.words, wordsFor(client.language), (text) => this.composer.write(text)).then((found) => {
        this.suggested.replaceChildren(...found);
      });
      if (focus) this.composer.focus();
      this.seen();
    }

    private hide(): void {
      const here = this.root.activeElement;
      this.panel.hidden = true;
      this.launcher.setAttribute("aria-expanded", "false");
      remember(false);
      this.label();
      if (here) this.launcher.focus();
    }

    private forget(): void {
      this.wire?.leave();
      this.wire = undefined;
      this.kept.forget();
      this.greeting.textContent = "";
      this.thread.show([], [], 0);
      this.composer.clear();
      this.hide();
    }

    private changed(what: "messages" | "standing" | "connection"): void {
      const { wire } = this;
      if (!wire) return;
      if (what === "messages") {
        const stuck = this.atBottom();
        this.thread.show(wire.thread, this.kept.unsent, wire.seen);
        this.suggested.hidden = wire.thread.length > 0;
        if (stuck) this.bottom();
        return;
      }
      const live = wire.standing?.standing === "open" || wire.standing?.standing === "busy";
      this.greeting.textContent = wire.greeting;
      this.says.textContent = standingLine(wire, this.words, client.language);
      this.panel.toggleAttribute("data-offline", !wire.connected);
      this.composer.ask(Boolean(wire.standing) && !live, !client.person.token);
      this.composer.takeFiles(wire.takesFiles);
      const privacy = safe(wire.privacy);
      this.stored.replaceChildren(this.words.stored, " ", privacy ? h("a", { href: privacy, target: "_blank", rel: "noopener" }, this.words.privacy) : "");
    }

    private came(message: Message): void {
      const who = message.name || this.words.us;
      this.thread.typing.textContent = "";
      if (this.panel.hidden) {
        this.unread += 1;
        this.label();
        this.news.textContent = fill(this.words.newFrom, { who, text: message.text.slice(0, 200) });
        this.peek(who, message.text);
      } else this.seen();
    }

    private seen(): void {
      const last = this.wire?.thread.at(-1)?.id;
      if (last && document.visibilityState === "visible") this.wire!.put({ type: "seen", last });
    }

    private invited(id: string, text: string): void {
      if (!this.panel.hidden) return;
      const answer = (said: string): void => {
        this.wire?.put({ type: "invitation", id, answer: said });
        this.bubble.replaceChildren();
      };
      const open = (): void => {
        answer("opened");
        this.show(true);
      };
      this.offer(text, open, () => answer("dismissed"));
    }

    private peek(who: string, text: string): void {
      this.offer(fill(this.words.newFrom, { who, text: text.slice(0, 140) }), () => this.show(true), () => this.bubble.replaceChildren());
    }

    private offer(text: string, open: () => void, dismiss: () => void): void {
      this.bubble.replaceChildren(
        h("button", { type: "button", class: "words", onclick: open }, text),
        h("button", { type: "button", class: "close", "aria-label": this.words.dismiss, onclick: dismiss }, icon(closeIcon)),
      );
    }

    private label(): void {
      const label = this.unread ? fill(this.words.openNew, { n: this.unread }) : this.panel.hidden ? this.words.open : this.words.close;
      this.launcher.setAttribute("aria-label", label);
      this.launcher.replaceChildren(icon(this.panel.hidden ? chatIcon : downIcon), this.unread ? h("b", { "aria-hidden": "true" }, String(this.unread)) : "");
    }

    private atBottom(): boolean {
      return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    }

    private bottom(): void {
      this.log.scrollTop = this.log.scrollHeight;
    }
  }
  customElements.define("regulars-chat", RegularsChat);
}

const OPEN = "regulars.chat.open";

/** After a reload the panel stands as it stood, in this tab. */
function sessionStorageSays(): boolean {
  try {
    return sessionStorage.getItem(OPEN) === "1";
  } catch {
    return false;
  }
}

function remember(open: boolean): void {
  try {
    if (open) sessionStorage.setItem(OPEN, "1");
    else sessionStorage.removeItem(OPEN);
  } catch {
    // storage is closed to us: the panel starts closed
  }
}
