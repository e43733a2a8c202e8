/** <regulars-form form="…">: a contact form of ours inside any page. As tall as what is in it; knows the visitor. */

const origin = new URL((document.currentScript as HTMLScriptElement | null)?.src ?? location.href).origin;
const TALL = "regulars-form-tall";

class RegularsForm extends HTMLElement {
  connectedCallback(): void {
    if (this.firstElementChild) return;
    const asked = new URLSearchParams();
    const lang = this.getAttribute("lang") ?? document.documentElement.lang.slice(0, 2);
    if (lang) asked.set("lang", lang);
    const known = { anonymous: this.getAttribute("anonymous"), person: this.getAttribute("person") };
    for (const [name, value] of Object.entries(known)) if (value) asked.set(name, value);
    asked.set("page", location.href.slice(0, 2000));
    const frame = document.createElement("iframe");
    frame.src = `${origin}/forms/${encodeURIComponent(this.getAttribute("form") ?? "")}?${asked}`;
    frame.title = this.getAttribute("title") ?? "Contact";
    frame.loading = "lazy";
    frame.setAttribute("style", "width:100%;height:720px;border:0;color-scheme:normal");
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const said = event.data as { type?: unknown; height?: unknown };
      if (said?.type === TALL && typeof said.height === "number") frame.style.height = `${Math.min(said.height, 6000)}px`;
    });
    this.append(frame);
  }
}

if (!customElements.get("regulars-form")) customElements.define("regulars-form", RegularsForm);
