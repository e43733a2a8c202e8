/**
 * Regulars for a site. One tag, anywhere on the page:
 *
 *   <script src="https://YOUR-REGULARS/regulars.js" data-write-key="…" data-consent="required" async></script>
 *   <regulars-slot name="home.for-you" size="6" heading="For you" mode></regulars-slot>
 *
 * data-write-key     a write key whose origins name your site
 * data-consent       "required" (the default): nothing is stored and no event leaves before
 *                    regulars.consent("granted"); slots show what is popular. "granted": you asked already.
 * data-language      "en", "es" or "nl"; otherwise the language of your page
 * data-chat          present: the chat is offered on this page (or put <regulars-chat></regulars-chat> in it)
 * data-user-id, data-person-token   the signed-in visitor and the proof your server signed
 *
 * Then: regulars.track("Product Viewed", { product_id: "7" }) · regulars.page() · regulars.identify("vera", {},
 * { token }) · regulars.consent("granted" | "refused") · regulars.reset() · regulars.decide("slot") ·
 * regulars.choose("diet", "vegan") · regulars.clear("diet"). Calls made before the script is there:
 *
 *   window.regulars = window.regulars || []; regulars.push(["page"]);
 *
 * Events on window: "regulars:ready", "regulars:decision", "regulars:corrected"; send "regulars:refresh" to make every
 * slot decide again. Works under the strictest policy: script-src and connect-src with the origin of your Regulars
 * (img-src with wherever your catalogue's pictures are), Trusted Types included. No cookies; one record in
 * localStorage ("regulars"), only after consent. Global Privacy Control is a refusal.
 */

import { Regulars } from "./client";
import { defineSlot } from "./slot";
import type { Settings } from "./types";

type Early = [keyof Regulars, ...unknown[]][];

declare global {
  interface Window {
    regulars?: Regulars | Early;
  }
}

function settings(tag: HTMLScriptElement | null): Settings {
  const data = tag?.dataset ?? {};
  if (!data.writeKey) console.warn("regulars: the script tag needs data-write-key");
  return {
    base: tag ? new URL(tag.src).origin : location.origin,
    writeKey: data.writeKey ?? "",
    language: data.language || document.documentElement.lang || navigator.language || "en",
    consent: data.consent === "granted" ? "granted" : "required",
    userId: data.userId,
    token: data.personToken,
  };
}

/** The chat is a file of its own, fetched when the page has had its turn. */
function loadChat(client: Regulars): void {
  const load = (): void => {
    import(`${client.settings.base}/regulars-chat.js`).then(
      (chat: { start(client: Regulars): void }) => chat.start(client),
      (fault) => console.warn("regulars: the chat could not be loaded", fault),
    );
  };
  if (document.readyState === "complete") setTimeout(load);
  else addEventListener("load", () => setTimeout(load), { once: true });
}

function start(): void {
  const early = window.regulars;
  if (early && !Array.isArray(early)) return; // the tag is there twice
  const tag = document.currentScript ?? document.querySelector("script[data-write-key]");
  const client = new Regulars(settings(tag as HTMLScriptElement | null));
  window.regulars = client;
  for (const [verb, ...parts] of early ?? []) {
    (client[verb] as (...p: unknown[]) => unknown).apply(client, parts);
  }
  defineSlot(client);
  if ((tag as HTMLElement | null)?.dataset.chat !== undefined || document.querySelector("regulars-chat")) loadChat(client);
  dispatchEvent(new CustomEvent("regulars:ready", { detail: client }));
}

start();
