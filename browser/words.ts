/** What the script says, in three languages. Sentences of decisions come from the server, already translated. */

const en = {
  forMe: "Choose for me",
  iChoose: "I choose",
  who: "Who chooses here",
  why: "Why this?",
  whyThis: "Why am I seeing {title}?",
  evidence: "What it rests on",
  not_for_me: "Not for me",
  wrong_about_me: "Wrong about me",
  do_not_learn: "Don’t learn from this",
  more_like_this: "More like this",
  close: "Close",
  undo: "Undo",
  undone: "Undone. Everything is as it was.",
  left: "{n} left",
  came: "{n} came",
  noted: "Noted: {facts}",
  nothingMoved: "Nothing else on this row changed.",
  saved: "Saved. It counts from now on.",
  empty: "Nothing to show here right now.",
  emptyChosen: "You asked for only what you chose, and have not chosen anything here yet.",
  failed: "That did not reach us. Nothing changed; try again.",
  working: "One moment …",
  updated: "{n} items in {slot}",
  chosen: "chosen by you",
  because: "a guess",
  popular: "popular",
  rule: "from the shop",
  trying: "we are trying this",
  weGuess: "Our guess: {value}",
  youChose: "You chose: {value}",
  shop: "A rule of the shop",
};

export type Words = typeof en;

const es: Words = {
  forMe: "Elige por mí",
  iChoose: "Elijo yo",
  who: "Quién elige aquí",
  why: "¿Por qué esto?",
  whyThis: "¿Por qué veo {title}?",
  evidence: "En qué se basa",
  not_for_me: "No es para mí",
  wrong_about_me: "No es así conmigo",
  do_not_learn: "No aprendas de esto",
  more_like_this: "Más como esto",
  close: "Cerrar",
  undo: "Deshacer",
  undone: "Deshecho. Todo está como antes.",
  left: "{n} fuera",
  came: "{n} dentro",
  noted: "Anotado: {facts}",
  nothingMoved: "Nada más ha cambiado en esta fila.",
  saved: "Guardado. Cuenta desde ahora.",
  empty: "Ahora mismo no hay nada que mostrar aquí.",
  emptyChosen: "Pediste solo lo que tú eliges y aquí todavía no has elegido nada.",
  failed: "No nos ha llegado. No ha cambiado nada; inténtalo otra vez.",
  working: "Un momento …",
  updated: "{n} elementos en {slot}",
  chosen: "elegido por ti",
  because: "una suposición",
  popular: "popular",
  rule: "de la tienda",
  trying: "lo estamos probando",
  weGuess: "Nuestra suposición: {value}",
  youChose: "Elegiste: {value}",
  shop: "Una regla de la tienda",
};

const nl: Words = {
  forMe: "Kies voor mij",
  iChoose: "Ik kies",
  who: "Wie kiest hier",
  why: "Waarom dit?",
  whyThis: "Waarom zie ik {title}?",
  evidence: "Waar het op rust",
  not_for_me: "Niets voor mij",
  wrong_about_me: "Klopt niet over mij",
  do_not_learn: "Leer hier niet van",
  more_like_this: "Meer zoals dit",
  close: "Sluiten",
  undo: "Ongedaan maken",
  undone: "Ongedaan gemaakt. Alles is weer zoals het was.",
  left: "{n} eruit",
  came: "{n} erbij",
  noted: "Genoteerd: {facts}",
  nothingMoved: "Verder is er in deze rij niets veranderd.",
  saved: "Opgeslagen. Het telt vanaf nu.",
  empty: "Er is hier nu niets te laten zien.",
  emptyChosen: "Je wilde alleen wat je zelf koos, en hier heb je nog niets gekozen.",
  failed: "Dat kwam niet aan. Er is niets veranderd; probeer het opnieuw.",
  working: "Een ogenblik …",
  updated: "{n} items in {slot}",
  chosen: "door jou gekozen",
  because: "een gok",
  popular: "populair",
  rule: "van de winkel",
  trying: "dit proberen we",
  weGuess: "Onze gok: {value}",
  youChose: "Jij koos: {value}",
  shop: "Een regel van de winkel",
};

const tables: Record<string, Words> = { en, es, nl };

/** The table for a language tag ("nl-BE" → nl), English for one we do not speak. */
export function wordsFor(language: string): Words {
  return tables[language.split("-")[0]!.toLowerCase()] ?? en;
}

/** "{n} left" with n = 3 → "3 left". */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
