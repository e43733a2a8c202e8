/** The public face, `window.regulars`: events, consent, decisions, choices. */

import { newId, Person } from "./person";
import { Queue } from "./queue";
import type { Decision, Fields, Json, Receipt, Settings, Without } from "./types";

const MOST_TOGETHER = 20;

interface Asking {
  place: { slot: string; size?: number; context?: Fields };
  resolve: (decision: Decision) => void;
  reject: (fault: unknown) => void;
}

export class Regulars {
  readonly person: Person;
  readonly ready: Promise<Regulars>;
  private queue: Queue;
  private asking: Asking[] = [];

  constructor(readonly settings: Settings) {
    this.person = new Person(settings);
    this.queue = new Queue((b) => this.fetch("POST", "/v1/batch", this.envelope(b)), (b) => this.beacon(b));
    if (this.person.consent === "granted") {
      this.queue.restore();
      if (settings.userId) this.identify(settings.userId, {}, { token: settings.token });
    }
    this.ready = Promise.resolve(this);
  }

  get language(): string {
    return this.settings.language;
  }

  /** Something the visitor did: track("Product Viewed", { product_id: "7" }). */
  track(event: string, properties: Fields = {}): void {
    this.record({ type: "track", event, properties });
  }

  /** A page was seen. */
  page(name?: string, properties: Fields = {}): void {
    this.record({ type: "page", ...(name ? { name } : {}), properties: { ...here(), ...properties } });
    emit("regulars:page", undefined);
  }

  /** This visitor is `userId`. `token` proves it (signed by your server); without it the id is only a claim. */
  identify(userId: string, traits: Fields = {}, options: { token?: string } = {}): void {
    this.person.userId = userId;
    this.person.token = options.token;
    this.record({ type: "identify", traits });
    void this.refresh();
  }

  /** The visitor's answer to your consent question. Before "granted" nothing is stored and no event leaves. */
  consent(answer: "granted" | "refused"): void {
    const before = this.person.consent;
    if (answer === "refused" && before === "granted") {
      this.queue.clear();
      void this.tellConsent(false); // the last thing that leaves: the refusal itself
    }
    this.person.say(answer);
    if (this.person.consent === "granted" && before !== "granted") {
      void this.tellConsent(true);
      if (this.person.userId) this.record({ type: "identify", traits: {} });
    }
    void this.refresh();
  }

  /** Sign out: a new anonymous visitor from here on. */
  reset(): void {
    void this.queue.flush();
    this.person.reset();
    emit("regulars:reset", undefined);
    void this.refresh();
  }

  /**
   * What to show in `slot`. Everything tracked before counts: it is sent first. Slots that ask in the same moment are
   * decided together, in the order they stand on the page, so that no item stands there twice.
   */
  decide(slot: string, options: { size?: number; context?: Fields } = {}): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (!this.asking.length) setTimeout(() => void this.askTogether());
      this.asking.push({ place: { slot, ...options }, resolve, reject });
    });
  }

  /** Put one outcome right; the receipt says what changed. */
  async correct(decision: string, item: string, kind: string, facet?: string): Promise<{ correction?: string; receipt: Receipt }> {
    const body: Fields = { item, kind, ...(facet ? { facet } : {}), context: this.context() };
    const answer = await this.json<{ correction?: string; receipt: Receipt }>("POST", `/v1/decisions/${decision}/corrections`, body);
    emit("regulars:corrected", { decision, item, kind, ...answer });
    return answer;
  }

  /** What a decision would show now, had the visitor never done `event`. Changes nothing. */
  without(decision: string, event: string): Promise<Without> {
    return this.json<Without>("GET", `/v1/decisions/${decision}/without?event=${encodeURIComponent(event)}`, undefined);
  }

  /** Take a correction back, exactly. */
  async uncorrect(decision: string, correction: string): Promise<void> {
    await this.json("DELETE", `/v1/decisions/${decision}/corrections/${correction}`, {});
    emit("regulars:corrected", { decision, correction, undone: true });
  }

  /** The visitor chooses: choose("diet", "vegan"), choose("mode", "i_choose", { scope: "home.for-you" }). */
  async choose(facet: string, value: Json, options: { scope?: string } = {}): Promise<void> {
    await this.json("PUT", facetPath(facet, options.scope), { value, scope: options.scope ?? "" });
    await this.refresh();
  }

  /** Back to automatic. */
  async clear(facet: string, options: { scope?: string } = {}): Promise<void> {
    await this.json("DELETE", facetPath(facet, options.scope), undefined);
    await this.refresh();
  }

  /** Everything chosen and guessed about this visitor, as the API tells it. */
  facets(): Promise<Json> {
    return this.json<Json>("GET", "/v1/me/facets", undefined);
  }

  /** A signed link to the visitor's own page: what they chose, what we guess, why they saw it, their data. */
  async meLink(): Promise<string> {
    await this.queue.flush();
    const { anonymousId, userId } = this.person.ids();
    const link = await this.json<{ url: string }>("POST", "/v1/me-links", this.person.token && userId ? { userId } : { anonymousId: anonymousId ?? "" });
    return link.url;
  }

  /** Ask every slot on the page to decide again. */
  async refresh(): Promise<void> {
    dispatchEvent(new CustomEvent("regulars:refresh"));
  }

  /** Send what is waiting now. */
  flush(): Promise<void> {
    return this.queue.flush();
  }

  private async askTogether(): Promise<void> {
    const asked = this.asking.splice(0, MOST_TOGETHER);
    if (this.asking.length) setTimeout(() => void this.askTogether());
    try {
      await this.queue.flush();
      const body = { slots: asked.map((a) => a.place), person: this.person.asked() as Fields, context: this.context() };
      const { decisions } = await this.json<{ decisions: Decision[] }>("POST", "/v1/decide/page", body as Fields);
      asked.forEach((one, n) => {
        emit("regulars:decision", decisions[n]);
        one.resolve(decisions[n]!);
      });
    } catch (fault) {
      for (const one of asked) one.reject(fault);
    }
  }

  private tellConsent(granted: boolean): Promise<unknown> {
    const said = { purpose: "personalisation", granted, wording: "site", language: this.language.slice(0, 2), source: "regulars.js" };
    return this.json("POST", "/v1/me/consents", said).catch((fault) => console.warn(fault));
  }

  private record(event: Fields): void {
    if (this.person.consent !== "granted") return;
    this.queue.add({
      messageId: newId(),
      timestamp: new Date().toISOString(),
      ...(this.person.ids() as Fields),
      context: this.context(),
      ...event,
    });
  }

  private context(): Fields {
    const context: Fields = {
      language: this.language,
      locale: this.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
      page: here(),
      library: { name: "regulars.js", version: "1" },
    };
    if (this.person.consent !== "unknown") {
      context.consent = { categoryPreferences: { personalisation: this.person.consent === "granted" } };
    }
    if (this.person.token && this.person.consent === "granted") context.personToken = this.person.token;
    return context;
  }

  private envelope(batch: Fields[]): Fields {
    return { batch, sentAt: new Date().toISOString() };
  }

  private beacon(batch: Fields[]): boolean {
    const body = JSON.stringify({ ...this.envelope(batch), writeKey: this.settings.writeKey });
    // text/plain: a beacon to another origin cannot wait for a preflight
    return navigator.sendBeacon(this.settings.base + "/v1/batch", new Blob([body], { type: "text/plain" }));
  }

  private fetch(method: string, path: string, body: Fields | undefined): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.settings.writeKey}` };
    if (body) headers["Content-Type"] = "application/json";
    const { anonymousId, userId } = this.person.asked();
    if (anonymousId) headers["X-Regulars-Anonymous"] = anonymousId;
    if (userId && this.person.token) headers["X-Regulars-Person"] = this.person.token;
    return fetch(this.settings.base + path, { method, headers, body: body && JSON.stringify(body), credentials: "omit" });
  }

  private async json<T>(method: string, path: string, body: Fields | undefined): Promise<T> {
    const response = await this.fetch(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`regulars: ${method} ${path} answered ${response.status} ${text.slice(0, 200)}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

function facetPath(name: string, scope = ""): string {
  const path = `/v1/me/facets/${encodeURIComponent(name)}`;
  return scope ? `${path}?scope=${encodeURIComponent(scope)}` : path;
}

function here(): Fields {
  return { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer };
}

function emit(name: string, detail: unknown): void {
  dispatchEvent(new CustomEvent(name, { detail }));
}
