// What scripts tell each other, and what a page made of HTML may be taken for. Declarations only.
// No browser reads them.

/** What a call to the studio came to. */
type Answer<T> = { ok: true; status: number; data: T } | Refused;
type Refused = { ok: false; status: number; data: { problems: Problem[] } };

/** One thing wrong with what was asked. `silent`: no answer came at all. */
type Problem = Omit<import("./types").Problem, "asks"> & { asks?: string; silent?: boolean };

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
  /** What is set for all, or about people, was changed. */
  "studio:settings": CustomEvent;
  /** This window has made something: its ids. */
  "studio:made": CustomEvent<string[]>;
  /** Every job was forgotten: those of another folder come, or nobody is signed in. */
  "studio:forgotten": CustomEvent;
  /** The studio has a newer page than this one. */
  "studio:outdated": CustomEvent;
  /** A tab was opened: its name. */
  "studio:tab": CustomEvent<string>;
  /** A job is to be shown on its tab's stage. */
  "studio:show": CustomEvent<{ kind: Kind; id: string }>;
  /** A form was sent and taken: the id of its job. */
  "studio:sent": CustomEvent<string>;
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
  gradio_config?: { components?: { props: Record<string, Value> }[] };
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
type Connection = import("./types").VendorView & Partial<Omit<ConnectionView, "vendor">>;
/** What is told of a connection when it changes. */
type ConnectionNews = import("./types").ConnectionStateView & Partial<ConnectionView>;
/** A connection on the Settings tab: an admin is told more. */
type ConnectionCard = import("./types").MemberConnectionView & Partial<ConnectionView>;

type Choice = import("./types").Choice;
type Span = import("./types").Span;
type TextRule = import("./types").Text;
type Flag = import("./types").Flag;
type Slot = import("./types").Slot;
type ShotsRule = import("./types").Shots;
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
  count?: Choice | Span;
  resolution?: Choice;
  ratio?: Choice;
};

type Price = import("./types").Price;
/** The row of one model. */
type Spec = Omit<import("./types").ModelSpec, "rules" | "when"> & {
  rules: Rules;
  when: { field: string; rules: Rules; hides: string[] }[];
};

/** What the page begins with. */
type Catalogue = Omit<import("./types").CatalogueView, "specs" | "vendors"> & { specs: Spec[]; vendors: Connection[] };

/** What a form holds, by catalogue field. */
type Given = Record<string, unknown>;

/** What the feed sends. */
type Frame =
  | import("./types").SnapshotFrame
  | import("./types").JobFrame
  | import("./types").GoneFrame
  | import("./types").ConnectionsFrame
  | import("./types").SettingsFrame
  | import("./types").PulseFrame;
/** How the feed reaches us. */
type Online = "live" | "reconnecting" | "offline" | "polling" | "out";
/** What one can be told of, and what is told then. */
interface News {
  jobs: Change[];
  online: Online;
  connections: Connection[];
}

/** A file in a form: one of ours, or what a draft remembers of it. */
type Handed = Pick<Artifact, "id" | "kind"> & Partial<Artifact>;
/** A shot as the editor keeps it; `key` outlives its place. */
interface EditedShot extends Shot {
  key: number;
}
/** What a multishot is written down as. */
interface Plan {
  /** Put before the text of every shot. */
  style: string;
  cast: string;
  shots: EditedShot[];
}
/** The saved plan that a form holds, as it was opened or saved last. */
interface OpenedPlan extends Pick<import("./types").PlanLine, "id" | "name" | "revision" | "template"> {
  /** The plan as it stood in the form then, as text. */
  kept: string;
}
type Options = Record<string, Value | undefined>;
type Media = Record<string, Handed[]>;

/** What is being asked for in one form. */
interface FormState {
  kind: Kind;
  vendor: string;
  /** The vendor whose models are offered, or all of them. */
  offeredBy: string;
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
  /** Put before the text of every shot. */
  style: string;
  cast: string;
  shots: EditedShot[];
  opened: OpenedPlan | null;
  /** Names of the template that this was made of: each waits for words. */
  slots: string[];
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

/** What a file tells of how it was made. */
type Recipe = import("./types").RestoredView;
/** A control of a form as Python describes it. */
type Control = import("./types").ControlView;

type SpendRow = import("./types").DayView;
type Sum = import("./types").SumView;
type Spending = import("./types").SpendView;
type Cap = import("./types").CapView;
/** Somebody in the list of people, or an owner without a name. */
type PersonLine = import("./types").TotalsView & Partial<import("./types").PersonTotalsView>;
type BillLine = import("./types").BillView;

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
  style?: string;
  cast?: string;
  opened?: OpenedPlan | null;
  slots?: string[];
  /** What is said about it beside that it replaced something. */
  because?: string;
  /** Field -> artifact, its id, or a list of them. */
  media?: Record<string, string | Handed | (string | Handed)[]>;
}

type Harmed = import("./types").HarmView;
/** What the studio says of its folder: to an admin, to a member, or nothing yet. */
type Folder = Partial<import("./types").DataView>;
type Batch = import("./types").BatchView;

/** A row of a list before it is sent. */
interface Row extends Pick<import("./types").RowView, "request" | "problem" | "note"> {
  /** Known by its words and its model, wherever its line moves to. */
  key: string;
  problems: Problem[];
  estimate: Cost | null;
}

type KeysView = import("./types").KeysView;
type KeyView = import("./types").KeyView;

/** What the Settings tab is told: an admin more than a member, and nothing before it is asked. */
type Settings = Partial<Omit<import("./types").SettingsView, "connections" | "data" | "sandbox">> & {
  connections?: ConnectionCard[];
  data?: Folder;
  sandbox?: Partial<import("./types").SandboxView>;
};
/** One page of the library; the first one counts. */
type Page = import("./types").FirstJobsView | (import("./types").JobsView & { counts?: undefined; total?: undefined });
/** What people should know on every tab. */
type Notices = Partial<Omit<import("./types").NoticesView, "connections">> & { connections?: ConnectionCard[] };

/** One notice; the section of the Settings tab says more. Without one, reloading the page helps. */
interface Line {
  name: string;
  text: string;
  section: string;
}
