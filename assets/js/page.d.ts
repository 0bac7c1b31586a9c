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
type Part = <N extends HTMLElement | null>(name: string, key: string, make: () => N) => N;

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

// What falls away is gone: `filter(Boolean)` leaves what is there.
interface Array<T> {
  filter(wanted: BooleanConstructor): Exclude<T, false | null | undefined | "" | 0>[];
}

// What parts of the page tell each other.
interface WindowEventMap {
  /** What was checked may say something else now. */
  "studio:checked": CustomEvent;
  /** A tab was opened: its name. */
  "studio:tab": CustomEvent<string>;
  /** A job is to be shown on its tab's stage. */
  "studio:show": CustomEvent<{ kind: Kind; id: string }>;
  /** The library is to show one batch: its id. */
  "studio:batch": CustomEvent<string>;
  /** Another model was chosen. */
  "studio:model": CustomEvent<{ kind: Kind; model: string }>;
}

interface Window {
  /** The page's script is there: whoever waited for `window.studio` gets it. */
  studioReady: (studio: object) => void;
  studioTheme: { dark: () => boolean; flip: () => void; chosen: () => string | null };
  /** Gradio asks for the updates of one form, in the order of its outputs. */
  studioPushed: (kind: Kind, keys: string[]) => object[];
  /** What Gradio draws at first. */
  gradio_config?: { components?: { props: Record<string, any> }[] };
}

// What the studio tells of jobs, files and connections is declared in `types.d.ts`, which is written from its records.

type Job = import("./types").JobView;
type Artifact = import("./types").ArtifactView;
type Evidence = import("./types").Evidence;
type Shot = import("./types").Shot;
type Stray = import("./types").TaskView;
type Kind = Job["kind"];
type State = Job["state"];
type Phase = NonNullable<Job["phase"]>;
type Value = import("./types").Json;
/** A cost that was told, or one that is thought of. */
type Cost = import("./types").Cost & { at_least?: boolean };

/** A job as it is now, null where it was deleted, and as it was before. */
type Change = { job: Job; before: Job | undefined } | { job: null; before: { id: string } & Partial<Job> };

type ConnectionView = import("./types").ConnectionView;
/** A vendor as the page begins with it, and what the studio tells of its connection later. */
type Link = import("./types").VendorView & Partial<Omit<ConnectionView, "vendor">>;
/** What is told of a connection when it changes. */
type LinkNews = import("./types").LinkView & Partial<ConnectionView>;
/** A connection on the Settings tab: an admin is told more. */
type LinkCard = import("./types").MemberConnectionView & Partial<ConnectionView>;

interface Choice {
  rule: "choice";
  options: (string | number)[];
  default: string | number | null;
  unit: string;
}
interface Span {
  rule: "span";
  low: number;
  high: number;
  default: number | null;
  unit: string;
}
interface TextRule {
  rule: "text";
  shortest: number;
  longest: number;
  doubtful: number | null;
  utf16: boolean;
}
interface Flag {
  rule: "flag";
  default: boolean;
}
interface Slot {
  rule: "slot";
  kind: "image" | "video";
  least: number;
  most: number;
  label: string;
  requires: string | null;
  tag: string | null;
  doubtful: number | null;
}
interface ShotsRule {
  rule: "shots";
  least: number;
  most: number;
  prompt: TextRule;
  seconds: Span;
  total: number;
}
type OptionRule = Choice | Span | Flag;
type Rule = OptionRule | TextRule | Slot | ShotsRule;
/** Rules by their fields; these fields have rules of one kind. */
type Rules = Record<string, Rule> & {
  prompt?: TextRule;
  shots?: ShotsRule;
  start_frame?: Slot;
  end_frame?: Slot;
  references?: Slot;
  driving_video?: Slot;
  duration?: Choice | Span;
  resolution?: Choice;
};

interface Price {
  amount: number;
  unit: string;
  per: "picture" | "second" | "task";
  when: Record<string, unknown[]>;
  each_picture: number;
  each_second_in: number;
  least: number;
  at_least: boolean;
}

/** The row of one model. */
interface Spec {
  id: string;
  kind: Kind;
  vendor: string;
  name: string;
  label: string;
  summary: string;
  good_for: string[];
  rules: Rules;
  when: { field: string; rules: Rules; hides: string[] }[];
  needs_any: string[];
  at_risk: string | null;
  usual_seconds: [number, number] | null;
  examples: string[];
  family: string;
  prices: Price[];
  source: string;
  checked: string;
}

/** What a form holds, by catalogue field. */
type Given = Record<string, unknown>;

/** How the feed reaches us. */
type Online = "live" | "reconnecting" | "polling" | "out";
/** What one can be told of, and what is told then. */
interface News {
  jobs: Change[];
  online: Online;
  connections: Link[];
}

/** A file in a form: one of ours, or what a draft remembers of it. */
type Handed = Pick<Artifact, "id" | "kind"> & Partial<Artifact>;
/** A shot as the editor keeps it; `key` outlives its place. */
interface EditedShot extends Shot {
  key: number;
}
type Options = Record<string, Value | undefined>;
type Media = Record<string, Handed[]>;

/** What is being asked for in one form. */
interface FormState {
  kind: Kind;
  vendor: string;
  /** The vendor whose models are offered, or all of them. */
  shelf: string;
  /** What the models offered must be able to do. */
  able: string[];
  model: string;
  prompt: string;
  options: Options;
  /** What a person once chose. */
  wish: Options;
  media: Media;
  /** Files beyond a model's slots. */
  parked: Media;
  shots: EditedShot[];
  notice: string;
  /** The form that a filling replaced. */
  undo: Partial<FormState> | null;
  /** Generate was pressed since the model was chosen. */
  pressed: boolean;
  touched: Record<string, boolean>;
  rules: Rules;
  /** The request as it was sent last, as text. */
  sent?: string;
  many?: ManyList;
  /** The model that others were told of. */
  told?: string;
}

/** The list of many prompts that is kept with a form. */
interface ManyList {
  text: string;
  takes: number;
  more: string[];
  changes: Record<string, { prompt?: string; dropped?: boolean }>;
  /** The name of a press whose answer has not come. */
  press: string;
  last: string;
}

/** What a file or a job tells of how it was made. */
interface Recipe {
  kind: Kind;
  model: string;
  prompt: string;
  options: Record<string, Value>;
  shots: Shot[];
  media: Record<string, Handed[]>;
  job: string | null;
  made: string | null;
  studio: string;
  away: string[];
  problems: Problem[];
}

/** A control of a form as Python describes it. */
interface Control {
  field: string;
  takes: string;
  shape: string;
  id: string;
}

/** What jobs of one day, vendor and model came to. */
interface SpendRow {
  day: string;
  vendor: string;
  model: string;
  unit: string;
  sandbox: boolean;
  jobs: number;
  spent: number;
  reserved: number;
}

interface Cap {
  scope: string;
  vendor: string;
  unit: string;
  cap: string;
  variable: string;
  spent: number;
  reserved: number;
  unpriced: number;
  models: number;
  sandbox: boolean;
}

/** Somebody in the list of people, or an owner without a name. */
interface PersonLine {
  name: string;
  role: string;
  enabled: boolean;
  caps: string;
  today: SpendRow[];
  days: SpendRow[];
}

/** What many jobs come to at one vendor. */
interface BillLine {
  vendor: string;
  sandbox: boolean;
  jobs: number;
  sums: Cost[];
  unknown: number;
  at_once: number;
  left: { scope: string; unit: string; amount: number }[];
}

/** What one asks for; files stand under their fields. */
interface Requested {
  kind: Kind;
  model: string;
  prompt?: string;
  options: Record<string, unknown>;
  shots?: Shot[];
  [field: string]: unknown;
}

/** What a form is to be filled with; what is not named stays. */
interface Filling {
  model?: string;
  prompt?: string;
  options?: Options;
  shots?: Shot[];
  /** Field -> artifact, its id, or a list of them. */
  media?: Record<string, string | Handed | (string | Handed)[]>;
}

/** A kept file that is not as it was. */
interface Harmed {
  artifact: string;
  wrong: string;
  name: string;
  job: string | null;
}

/** What the studio says of its folder. */
interface Folder {
  folder?: string;
  bytes?: number;
  artifacts?: number;
  jobs?: number;
  free?: number | null;
  checking?: boolean;
  checked?: number | null;
  harmed?: Harmed[];
  harmed_others?: number;
  /** Names of files that no record speaks of. */
  unknown?: string[];
}

/** How far a batch is. */
interface Batch {
  id: string;
  rows: number;
  first: string;
  states: Record<string, number>;
  /** Ids of the jobs that failed. */
  failed: string[];
  /** What trying those again comes to. */
  bill: BillLine[];
}

/** A row of a list before it is sent. */
interface Row {
  /** Known by its words and its model, wherever its line moves to. */
  key: string;
  request: Requested & { options: Record<string, Value> };
  /** Why it could not be read. */
  problem: string;
  note: string;
  problems: Problem[];
  estimate: Cost | null;
}

/** What the Settings tab is told. */
interface Settings {
  connections?: LinkCard[];
  data?: Folder;
  sandbox?: { speed?: number; words?: { word: string; effect: string }[] };
  spend?: { today?: SpendRow[]; days?: SpendRow[]; caps?: Cap[] };
  version?: string;
  versions?: Record<string, string>;
}

/** One page of the library. */
interface Page {
  jobs: Job[];
  next: string | null;
  /** How many jobs have each value, by field. */
  counts?: Record<string, Record<string, number>>;
  total: number;
}

/** What people should know on every tab. */
interface Notices {
  damaged?: number;
  notice?: string;
  free?: number;
  least?: number;
  harmed?: number;
  connections?: LinkNews[];
}

/** One notice; the section of the Settings tab says more. */
interface Line {
  name: string;
  text: string;
  section: string;
}
