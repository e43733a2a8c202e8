/** Where one writes: words, files, and an e-mail address when nobody is there to answer now. */

import clipIcon from "lucide-static/icons/paperclip.svg";
import sendIcon from "lucide-static/icons/send-horizontal.svg";
import closeIcon from "lucide-static/icons/x.svg";
import type { FileToSend, Kept } from "./chat-kept";
import type { ChatWords } from "./chat-words";
import { h, icon } from "./dom";
import { newId } from "./person";
import { fill } from "./words";
import type { Wire } from "./chat-wire";

const LARGEST = 5_000_000;
const MOST_FILES = 3;
const LONGEST = 4_000;
const TYPING_EVERY = 3_000;
const TYPES = ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.csv,.docx,.xlsx,.odt,.ods";

export class Composer {
  readonly form: HTMLFormElement;
  private readonly area: HTMLTextAreaElement;
  private readonly input: HTMLInputElement;
  private readonly email: HTMLInputElement;
  private readonly asks: HTMLElement;
  private readonly clip: HTMLElement;
  private readonly chosen = h("ul", { class: "files" });
  private readonly fault = h("p", { class: "fault", role: "alert" });
  private files: FileToSend[] = [];
  private typedAt = 0;
  private asked = false;

  constructor(private words: ChatWords, private kept: Kept, private wire: () => Wire | undefined, private sent: () => void) {
    this.area = h("textarea", { rows: "1", maxlength: String(LONGEST), "aria-label": words.write, placeholder: words.write, "aria-describedby": "hint" });
    this.area.value = kept.draft;
    this.input = h("input", { type: "file", multiple: true, accept: TYPES, class: "hidden", id: "file" });
    this.email = h("input", { type: "email", autocomplete: "email", maxlength: "254", id: "email", value: kept.email });
    this.asks = h("div", { class: "asks", hidden: true }, h("label", { for: "email" }, words.email, " ", h("small", {}, words.emailWhy)), this.email);
    this.clip = h("label", { class: "round", for: "file", title: words.attach }, icon(clipIcon), h("span", { class: "hidden" }, words.attach));
    const send = h("button", { type: "submit", class: "round send", "aria-label": words.send }, icon(sendIcon));
    const bar = h("div", { class: "bar" }, this.input, this.clip, this.area, send);
    this.form = h("form", { class: "compose", novalidate: true }, this.asks, this.chosen, bar, this.fault, h("p", { class: "hidden", id: "hint" }, words.hint));
    this.listen();
    this.grow();
  }

  /** Nobody answers now: ask where the answer goes. `required` for whom the company does not know. */
  ask(yes: boolean, required: boolean): void {
    this.asks.hidden = !yes;
    this.asked = yes && required;
  }

  takeFiles(yes: boolean): void {
    this.clip.hidden = !yes;
    this.input.disabled = !yes;
  }

  focus(): void {
    this.area.focus();
  }

  write(text: string): void {
    this.area.value = text;
    this.typed();
    this.focus();
  }

  /** Nothing of what was written here before. */
  clear(): void {
    this.area.value = this.email.value = this.fault.textContent = "";
    this.files = [];
    this.showFiles();
    this.grow();
  }

  private listen(): void {
    this.form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.submit();
    });
    this.area.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
        e.preventDefault();
        this.submit();
      }
    });
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("paste", (e) => {
      if (e.clipboardData?.files.length && !this.input.disabled) {
        e.preventDefault();
        void this.add(e.clipboardData.files);
      }
    });
    this.input.addEventListener("change", () => void this.add(this.input.files!).then(() => (this.input.value = "")));
  }

  private typed(): void {
    this.grow();
    this.kept.set({ draft: this.area.value });
    if (Date.now() - this.typedAt > TYPING_EVERY && this.area.value) {
      this.typedAt = Date.now();
      this.wire()?.put({ type: "typing" });
    }
  }

  private grow(): void {
    this.area.rows = Math.min(5, Math.max(1, this.area.value.split("\n").length, Math.ceil(this.area.value.length / 36)));
  }

  private submit(): void {
    const text = this.area.value.trim();
    const email = this.asks.hidden ? "" : this.email.value.trim();
    if (!text && !this.files.length) return;
    if (this.asked && !/^[^@\s]+@[^@\s]+$/.test(email)) {
      this.fault.textContent = this.words.emailNeeded;
      this.email.focus();
      return;
    }
    this.fault.textContent = "";
    if (email) this.kept.set({ email });
    this.kept.set({ draft: "" });
    this.wire()?.say({ id: newId(), text, files: this.files, at: new Date().toISOString(), ...(email ? { email } : {}) });
    this.area.value = "";
    this.files = [];
    this.typedAt = 0;
    this.grow();
    this.showFiles();
    this.focus();
    this.sent();
  }

  private async add(files: FileList): Promise<void> {
    this.fault.textContent = "";
    for (const file of [...files]) {
      const ending = "." + (file.name.split(".").pop() ?? "").toLowerCase();
      if (this.files.length >= MOST_FILES) this.fault.textContent = this.words.tooMany;
      else if (file.size > LARGEST) this.fault.textContent = fill(this.words.tooBig, { name: file.name });
      else if (!TYPES.split(",").includes(ending) || !file.size) this.fault.textContent = fill(this.words.wrongFile, { name: file.name });
      else this.files.push({ name: file.name, data: await base64(file) });
    }
    this.showFiles();
    this.area.focus();
  }

  private showFiles(): void {
    const rows = this.files.map((file) => {
      const drop = (): void => {
        this.files = this.files.filter((f) => f !== file);
        this.showFiles();
        this.focus();
      };
      const label = fill(this.words.remove, { name: file.name });
      return h("li", {}, h("span", {}, file.name), h("button", { type: "button", "aria-label": label, onclick: drop }, icon(closeIcon)));
    });
    this.chosen.replaceChildren(...rows);
  }
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
