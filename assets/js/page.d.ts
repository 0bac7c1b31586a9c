// What scripts tell each other, and what a page made of HTML may be taken for. Declarations only; no browser reads them.

/** What a call to the studio came to. */
type Answer<T> = { ok: true; status: number; data: T } | Refused;
type Refused = { ok: false; status: number; data: { problems: Problem[] } };

/** One thing wrong with what was asked; `field` is a catalogue field name, or "" for the whole. */
interface Problem {
  field: string;
  message: string;
  soft: boolean;
  /** No answer came at all. */
  silent?: boolean;
}

type Child = Node | string | null | undefined | false;
type Children = (Child | (Child | Child[])[])[];

/** Listeners, properties and attributes of an element that `h` makes. */
type Props<E extends HTMLElement> = Listeners<E> & {
  class?: string | null | false;
  dataset?: Record<string, string | undefined>;
  style?: Record<string, string | number>;
  [name: string]: unknown;
};
type Listeners<E extends HTMLElement> = {
  [K in keyof GlobalEventHandlersEventMap as `on${K}`]?:
    ((event: GlobalEventHandlersEventMap[K] & { target: Target<E>; currentTarget: E }) => unknown) | null | false;
};
/** A field is the target of its own events; elsewhere it may be any part within. */
type Target<E extends HTMLElement> = E extends HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
  ? E
  : HTMLElement;

/** Gives the part of this name, made anew only under another key. */
type Part = <N extends HTMLElement>(name: string, key: string, make: () => N) => N;

// All that a script of ours looks for is HTML; the only drawings in SVG are icons, which nobody looks for.
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K] | null;
  closest(selectors: string): HTMLElement | null;
}
