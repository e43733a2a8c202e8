/** What goes over the wire; the names are those of the HTTP API. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Record<string, Json>;

export interface Because {
  event?: string;
  facet?: string;
  rule?: string;
  value?: string;
  guess?: boolean;
  item?: string;
  title?: string;
  text?: string;
  share: number;
}

export type ReasonKind = "chosen" | "because" | "popular" | "rule" | "trying";

export interface Chosen {
  item: string;
  title: string;
  url: string;
  image: string;
  price: null | { amount: string; currency: string; text: string };
  reason: { kind: ReasonKind; text: string; because: Because[]; rest?: number; moved?: number };
  propensity: number;
}

export interface Decision {
  decision: string;
  slot: string;
  title: string;
  items: Chosen[];
  mode: string;
}

export interface Named {
  item: string;
  title: string;
}

export interface Fact {
  facet: string;
  value: Json;
  says: "stated" | "denied" | "not_learned" | "more";
  text: string;
}

export interface Receipt {
  removed: Named[];
  added: Named[];
  facts: Fact[];
}

export interface Without {
  about: Named[];
  removed: Named[];
  added: Named[];
}

export interface Settings {
  base: string;
  writeKey: string;
  language: string;
  consent: "required" | "granted";
  userId?: string;
  token?: string;
}
