/** Who this browser is, and what it may be asked: one first-party record, written only after consent. */

import type { Settings } from "./types";

export type Consent = "granted" | "refused" | "unknown";

interface Kept {
  consent?: Consent;
  anonymousId?: string;
}

const KEY = "regulars";

export class Person {
  userId?: string;
  token?: string;
  private kept: Kept;

  constructor(private settings: Settings) {
    this.kept = read();
    this.userId = settings.userId;
    this.token = settings.token;
    if (this.consent === "granted") this.keepId();
  }

  /** Global Privacy Control is a refusal, whatever else was said. https://www.w3.org/TR/gpc/ */
  get consent(): Consent {
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return "refused";
    if (this.kept.consent) return this.kept.consent;
    return this.settings.consent === "granted" ? "granted" : "unknown";
  }

  get anonymousId(): string | undefined {
    return this.consent === "granted" ? this.kept.anonymousId : undefined;
  }

  /** Remember the answer. A refusal keeps the word "refused" and nothing else. */
  say(consent: "granted" | "refused"): void {
    this.kept = consent === "granted" ? { ...this.kept, consent } : { consent };
    write(this.kept);
    if (this.consent === "granted") this.keepId();
  }

  /** Start over as someone new (signing out on a shared device). */
  reset(): void {
    this.userId = this.token = undefined;
    delete this.kept.anonymousId;
    try {
      localStorage.removeItem("regulars.chat"); // whoever comes next must not read it
    } catch {
      // storage is closed to us: there is nothing in it
    }
    if (this.consent === "granted") this.keepId();
  }

  /** The ids for the API; nobody before consent. */
  ids(): { anonymousId?: string; userId?: string } {
    if (this.consent !== "granted") return {};
    return { anonymousId: this.anonymousId, userId: this.userId };
  }

  /**
   * Whom to decide for. Somebody signed in with a proof keeps their own choices (a diet, an allergy) also when they
   * refuse to be learned about; the server is told of the refusal and uses nothing else.
   */
  asked(): { anonymousId?: string; userId?: string } {
    if (this.consent === "refused" && this.token && this.userId) return { userId: this.userId };
    return this.ids();
  }

  private keepId(): void {
    if (this.kept.anonymousId) return;
    this.kept.anonymousId = newId();
    write(this.kept);
  }
}

export function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID(); // only in secure contexts
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function read(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Kept;
  } catch {
    return {}; // storage is closed to us, or holds something else: start empty
  }
}

function write(kept: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // storage is closed to us: the id lives as long as the page
  }
}
