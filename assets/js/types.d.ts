// What the studio answers, written from its records by `make docs`. No browser reads this.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Files without a row that were taken in. */
export interface AdoptedView {
  adopted: Array<ArtifactView>;
  jobs: Array<JobView>;
  refused: Array<string>;
}

/** That all is well, for a stranger. */
export interface AliveView {
  status: "ok";
  /** It answers. */
  live: 1;
  /** It takes new jobs. */
  ready: boolean;
}

/** An answer of a vendor's as it came, without keys, tokens, signed links and e-mail addresses. */
export interface AnswerView {
  /** Of HTTP. */
  status: number;
  /** Seconds since the epoch. */
  at: number;
  /** At most 16 kB. */
  text: string;
}

/** A file that is kept. */
export interface ArtifactView {
  id: string;
  kind: "image" | "video";
  /** Relative to the studio's own address. */
  url: string;
  width: number | null;
  height: number | null;
  /** None: a picture. */
  seconds: number | null;
  bytes: number;
  sound: boolean;
  /** Frames in a second of a video; None: not known, or a picture. */
  rate: number | null;
  media_type: string;
  name: string;
  sandbox: boolean;
  /** What the check of all files found: `missing`, `short` or `rotten`; empty when it is whole. */
  harm: string;
  viewable: boolean;
  /** Why it cannot be shown; empty where it can. */
  flaw: string;
  /** Whether it holds Content Credentials: a C2PA manifest of whoever made it. */
  credentials: boolean;
}

/** A file in an account at the vendor. */
export interface AssetView {
  /** For taking it in. */
  asset: string;
  name: string;
  kind: "image" | "video";
  bytes: number;
  /** Seconds since the epoch, by our clock. */
  created: number | null;
  /** Whose it is, masked, where the key has several accounts. */
  account: string;
}

/** What lies in the accounts of a key. */
export interface AssetsView {
  assets: Array<AssetView>;
  /** Whether another page may follow. */
  more: boolean;
}

/** A job's place in its batch. A row that was tried again has several jobs. */
export interface BatchRow {
  id: string;
  /** Counted from 1. */
  row: number;
  /** How many rows the batch was made with. */
  of: number;
}

/** A batch that was pressed, and its jobs. */
export interface BatchSentView {
  batch: string;
  jobs: Array<JobView>;
}

/** How a batch stands. */
export interface BatchView {
  id: string;
  rows: number;
  states: Record<string, number>;
  /** The first row's prompt. */
  first: string;
  created: number;
  failed: Array<string>;
  /** What trying those again costs. */
  bill: Array<BillView>;
}

/** What several jobs come to at one vendor. */
export interface BillView {
  vendor: string;
  sandbox: boolean;
  jobs: number;
  sums: Array<Estimate>;
  /** Jobs whose price nobody publishes. */
  unknown: number;
  /** How many run there at once. */
  at_once: number;
  left: Array<LeftView>;
}

/** A limit on spending, and what counts against it now. */
export interface CapView {
  vendor: string;
  scope: "job" | "owner_day" | "day";
  /** `person`: it was set for this person. */
  origin: "environment" | "page" | "person";
  /** The setting; empty where the environment does not say it. */
  variable: string;
  /** In words. */
  cap: string;
  /** As a number. */
  most: number;
  unit: string;
  spent: number;
  reserved: number;
  /** How many of the vendor's models have no published price. */
  unpriced: number;
  models: number;
  sandbox: boolean;
}

/** What a page begins with: every model, every vendor, and the controls of its forms. */
export interface CatalogueView {
  specs: Array<ModelSpec>;
  vendors: Array<VendorView>;
  /** Names of fields, for people. */
  labels: Record<string, string>;
  forms: Record<string, Array<ControlView>>;
}

/** What changed since a revision. */
export interface ChangedView {
  revision: number;
  /** The data folder's own name: revisions are those of one folder. */
  store: string;
  /** The mark of the page that the studio has now. */
  page: string;
  jobs: Array<JobView>;
  /** Deleted. */
  gone: Array<string>;
  /** The mark of the connections as they are now. */
  links: string;
  /** All of them; none where the page knows them by their mark. */
  connections: Array<ConnectionStateView>;
}

/** A request that was looked at without a job; its price, where that is known. */
export interface CheckView extends ProblemsView {
  estimate: Estimate | null;
}

/** One of a list. Without a default nothing is sent unless a person chooses. */
export interface Choice {
  rule: "choice";
  options: Array<string | number>;
  default: string | number | null;
  unit: string;
  /** The vendor says that it takes any text: what isn't listed is warned about, not refused. */
  open: boolean;
}

/** How a connection is just now, as the feed tells. */
export interface ConnectionStateView {
  vendor: string;
  sandbox: boolean;
  /** What stands in the way of the next result, and what to do; empty where nothing does. */
  trouble: string;
  /** Models that only some accounts have, and that the vendor hasn't listed for this one. */
  withheld: Array<string>;
  /** Models of which the vendor said last that it does not have them. */
  unoffered: Array<string>;
  /** The accounts of the key, where there are several: a request may choose one as its option `account`. */
  accounts: Array<LinkedAccount>;
}

/** What an admin may know: where its key is from, and never the key. */
export interface ConnectionView extends MemberConnectionView {
  key_variable: string;
  key_source: "environment" | "page" | "none";
  key_page: string;
  base_url_changed: boolean;
}

/** How the connections are now. */
export interface ConnectionsFrame {
  type: "connections";
  connections: Array<ConnectionStateView>;
}

/** One control of a form: the field that it fills, the kind of rule that it takes, its shape. */
export interface ControlView {
  field: string;
  takes: string;
  shape: "segments" | "list" | "slider" | "number" | "switch";
  /** The element's. */
  id: string;
}

/** Money as a vendor counts it. */
export interface Cost {
  amount: number;
  /** `credits` or `$`, as the vendor counts. */
  unit: string;
}

/** What lies in the data folder. Sizes are in bytes. */
export interface DataView extends HarmsView {
  folder: string;
  bytes: number;
  artifacts: number;
  jobs: number;
  free: number;
  /** Rows and files. */
  damaged: number;
  /** Files without a row. */
  unknown: Array<string>;
  /** When the last check of all files ended, seconds since the epoch; None: never. */
  checked: number | null;
  notice: string;
  /** Whether a check is at work. */
  checking: boolean;
}

/** The same of one model on one day. */
export interface DayView extends SumView {
  day: string;
  model: string;
}

/** A job that was deleted just now. */
export interface DeletedView {
  deleted: string;
}

/** Money that a request will cost by its vendor's published prices. */
export interface Estimate {
  amount: number;
  /** `credits` or `$`, as the vendor counts. */
  unit: string;
  /** It may cost more, by what cannot be told beforehand. */
  at_least: boolean;
}

/** One state that a job went through. */
export interface EventView {
  /** Seconds since the epoch. */
  at: number;
  state: string;
  detail: string;
}

/** What the account held before a create call was sent, and after its answer was lost. */
export interface Evidence {
  before: Cost | null;
  /** When it was told, seconds since the epoch: up to ten minutes before the call. */
  before_at: number | null;
  now: Cost | null;
  now_at: number | null;
}

/** Why a job did not give what was asked. */
export interface FailureView {
  code:
    | "invalid"
    | "key"
    | "subscription"
    | "credits"
    | "moderated"
    | "session"
    | "too_large"
    | "vendor"
    | "input"
    | "quality"
    | "transient"
    | "unsure"
    | "expired"
    | "no_output"
    | "storage"
    | "cancelled";
  message: string;
  advice: string;
  charged: "no" | "yes" | "unknown";
  vendor_text: string;
  /** What happened and what to do, as it is printed: of a job in the sandbox nothing about money. */
  lines: Array<string>;
  /** Whether it tells of charges. */
  on_money: boolean;
}

/** The first of them, with how many fit, and what there is to ask for. */
export interface FirstJobsView extends JobsView {
  total: number;
  counts: Record<string, Record<string, number>>;
}

/** On or off. */
export interface Flag {
  rule: "flag";
  default: boolean;
}

/** A job that was deleted. */
export interface GoneFrame {
  type: "gone";
  id: string;
  revision: number;
}

/** A file of one's own whose bytes are not those that were kept. */
export interface HarmView {
  /** `missing`, `short` or `rotten`. */
  wrong: string;
  artifact: string;
  job: string | null;
  name: string;
}

/** What is wrong with whose files: one's own are named, other people's are counted. */
export interface HarmsView {
  harmed: Array<HarmView>;
  harmed_others: number;
}

/** The same for who may know more. */
export interface HealthView extends AliveView {
  version: string;
  open_jobs: number;
}

/** One or several pictures from a prompt and references. */
export interface ImageRequest {
  /** A spec id such as `useapi:video/veo-3.1`. */
  model: string;
  prompt: string;
  /** Keyed by catalogue field names (ratio, resolution, duration, …). */
  options: Record<string, Json>;
  kind: "image";
  references: Array<string>;
}

/** A job that changed, whole. */
export interface JobFrame {
  type: "job";
  job: JobView;
}

/** A job with the states that it went through. */
export interface JobHistoryView extends JobView {
  events: Array<EventView>;
  /** What the vendor answered where it came to a bad end; None: nothing, or it did not. */
  answer: AnswerView | null;
}

/** How the shots of a job were written down: frozen with it, whatever becomes of the saved plan. */
export interface JobPlan {
  /** The saved plan that they are of; empty: none. */
  id: string;
  /** As the saved plan was called when they were sent. */
  name: string;
  /** Of the saved plan, as it was opened. */
  revision: number;
  /** Names of the template that it was made of: none of them may be left. */
  slots: Array<string>;
  style: string;
  cast: string;
  /** Of each shot, without the lines for all. */
  prompts: Array<string>;
}

/** A job. Moments are seconds since the epoch. */
export interface JobView {
  id: string;
  state:
    | "waiting"
    | "submitting"
    | "queued"
    | "running"
    | "saving"
    | "done"
    | "rejected"
    | "failed"
    | "cancelled"
    | "expired"
    | "unsure"
    | "discarded";
  /** The newest of two records of one job has the higher one. */
  revision: number;
  kind: "image" | "video" | "multishot";
  vendor: string;
  model: string;
  prompt: string;
  options: Record<string, Json>;
  shots: Array<Shot>;
  /** Ids of what was handed in, by field. */
  media: Record<string, string | Array<string>>;
  /** Names of these files by their ids, as far as they are known. */
  inputs: Record<string, string>;
  /** 0 to 1; None: the vendor does not tell. */
  progress: number | null;
  /** The state in more words. It is printed, and nothing is read out of it. */
  detail: string;
  detail_as: "phase" | "words" | "sentence";
  /** What happens to it; None: nobody works on it. */
  phase:
    | "slot"
    | "held_disk"
    | "uploading"
    | "sent"
    | "looking"
    | "queued"
    | "throttled"
    | "making"
    | "fetching"
    | "cancelling"
    | "parked"
    | null;
  cancelling: boolean;
  /** Whether nothing of it was ever sent. */
  unsent: boolean;
  queue: Queue | null;
  parked: "no_key" | "sandbox_only" | "other_account" | "no_vendor" | null;
  /** Seconds until the vendor expects to begin. */
  starts_in: number | null;
  /** When the first link to a file that is not here yet dies. */
  link_deadline: number | null;
  error: FailureView | null;
  late: boolean;
  starred: boolean;
  tags: Array<string>;
  sandbox: boolean;
  /** Made of files that lay in the data folder without a record. */
  found: boolean;
  created: number;
  submitted: number | null;
  finished: number | null;
  /** Median seconds that done jobs of this model took. */
  usual: number | null;
  /** The end of the task's id at the vendor. */
  task: string;
  batch: BatchRow | null;
  /** How its shots were written down, as it was when they were sent; None: nobody said. */
  plan: JobPlan | null;
  /** Values that the vendor chose, such as the seed. */
  used: Record<string, Json>;
  estimate: Estimate | null;
  /** The most that it may cost, as its vendor said when it took the task. */
  quote: Cost | null;
  cost: Cost | null;
  evidence: Evidence | null;
  artifacts: Array<ArtifactView>;
}

/** Some jobs, newest first. */
export interface JobsView {
  jobs: Array<JobView>;
  /** For `before`, to go on; None: these were the last. */
  next: string | null;
}

/** What a vendor says about a key, free of generation cost. */
export interface KeyCheck {
  ok: boolean;
  sentence: string;
  balance: Cost | null;
  plan: string;
  /** Masked names of linked accounts. */
  accounts: Array<string>;
  concurrency: number | null;
}

/** What may be known of a vendor's key, and never the key. */
export interface KeyView {
  vendor: string;
  /** Where the one that is used comes from. */
  source: "environment" | "page" | "none";
  /** Its last characters; empty where there is none, or a short one. */
  end: string;
  /** Whether one was pasted and is kept, used or not. */
  kept: boolean;
  kept_end: string;
  /** How many models a key opens. */
  opens: Record<string, number>;
  /** What it costs to try; empty: that is not known. */
  trial: string;
}

/** The keys of all vendors. */
export interface KeysView {
  keys: Array<KeyView>;
  /** Why no key can be pasted, and no pasted one is used; empty: they are. */
  locked: string;
  /** Why the keys that were kept are not used; empty: they are, or there are none. */
  notice: string;
}

/**
 * A queue at the vendor beside its usual one, which jobs enter by a switch: its slots and its times are
 * its own.
 */
export interface Lane {
  /** The switch. */
  option: string;
  /** Tasks at once until the vendor teaches otherwise. */
  slots: number;
  /** How long the vendor says a task takes there: from, to. */
  usual_seconds: [number, number];
}

/** What the cap of a day leaves now. */
export interface LeftView {
  scope: "job" | "owner_day" | "day";
  unit: string;
  amount: number;
}

/** A limit that holds for all, and who set it. */
export interface LimitView {
  name: string;
  value: string;
  origin: "environment" | "page" | "usual";
  /** The setting; where the environment has it, it wins. */
  variable: string;
}

/** What holds for all, for an admin. */
export interface LimitsView {
  limits: Array<LimitView>;
}

/** One of the accounts behind a key. */
export interface LinkedAccount {
  /** What it is called in a request, and no name can be read from it. */
  mark: string;
  /** Masked, for people. */
  name: string;
}

/** Each row's problems and price, and what all good ones cost. */
export interface ListCheckView {
  rows: Array<CheckView>;
  bill: Array<BillView>;
}

/** A list that was read. */
export interface ListView {
  rows: Array<RowView>;
  count: number;
  problem: string;
}

/** The plan that a job was made of. */
export interface MadePlanView {
  /** As the saved plan was called then; empty: it was none. */
  name: string;
  plan: Plan;
}

/** What everybody may know of a connection. */
export interface MemberConnectionView {
  vendor: string;
  label: string;
  sandbox: boolean;
  trouble: string;
  /** The trouble where it stands among others': it names the vendor. */
  notice: string;
  cancel_note: string;
  before_cancel: string;
  queue: string;
  lists_tasks: boolean;
  withheld: Array<string>;
  unoffered: Array<string>;
  accounts: Array<LinkedAccount>;
}

/** Of the data folder: one's own files, and the room. */
export interface MemberDataView extends _Member {
  harmed: Array<HarmView>;
  free: number;
}

/** `/notices` without the state of the history, which only an admin can mend. */
export interface MemberNoticesView extends _Member {
  damaged: 0;
  harmed: 0;
  notice: "";
  free: number;
  least: number;
  connections: Array<MemberConnectionView>;
}

/** Of the sandbox: its words. */
export interface MemberSandboxView extends _Member {
  words: Array<WordView>;
}

/** `/settings` without folders, keys, other people's files and their totals. */
export interface MemberSettingsView extends _Member {
  version: string;
  versions: Record<string, string>;
  data: MemberDataView;
  connections: Array<MemberConnectionView>;
  sandbox: MemberSandboxView;
  spend: MemberSpendView;
}

/** One's own money, and the caps that are one's own. */
export interface MemberSpendView extends _Member {
  today: Array<SumView>;
  days: Array<DayView>;
  caps: Array<CapView>;
}

/** One model of one vendor for one kind of result: the only place where a limit is written. */
export interface ModelSpec {
  /** `vendor:kind/name`, where name is the vendor's own. */
  id: string;
  label: string;
  /** What it is good for, in one sentence. */
  summary: string;
  /** Short chips for the picker, beyond those that the rules themselves give. */
  good_for: Array<string>;
  rules: Record<string, Choice | Span | Text | Flag | Slot | Shots>;
  when: Array<When>;
  /** At least one of these fields must be given, though each is optional. */
  needs_any: Array<string>;
  /** What it does to what is handed in, where it makes nothing new of it: "Upscale". */
  deed: string;
  /** A sentence that the form says beside the model: what nobody would guess from its fields. */
  note: string;
  /** Its videos have sound, and there is no switch for that. */
  always_audio: boolean;
  /** Why the vendor may no longer serve it; shown in the picker and as a soft problem. */
  at_risk: string | null;
  /** Only some accounts have it: until the vendor lists it for the key's own, the page says so and asks. */
  by_account: boolean;
  /** How long the vendor says a task takes: from, to. */
  usual_seconds: [number, number] | null;
  examples: Array<string>;
  /** The same mark on rows of several vendors says that they sell the same model. */
  family: string;
  /** The first tier that holds is the price; none means that it is unknown. */
  prices: Array<Price>;
  source: string;
  checked: string;
  /** The vendor's name: what stands before the colon. */
  vendor: string;
  /** What it makes. */
  kind: "image" | "video" | "multishot";
  /** The vendor's own name for the model. */
  name: string;
}

/** One clip of several shots: each with its text, or cut by the model itself where there are none. */
export interface MultishotRequest {
  /** A spec id such as `useapi:video/veo-3.1`. */
  model: string;
  prompt: string;
  /** Keyed by catalogue field names (ratio, resolution, duration, …). */
  options: Record<string, Json>;
  kind: "multishot";
  shots: Array<Shot>;
  start_frame: string | null;
  references: Array<string>;
}

/** What people should know on every tab. */
export interface NoticesView {
  /** Rows of the history. */
  damaged: number;
  /** Files. */
  harmed: number;
  notice: string;
  free: number;
  /** How many bytes must be free for a new job. */
  least: number;
  /** Those in trouble. */
  connections: Array<ConnectionView>;
}

/** A zip that waits to be fetched. */
export interface ParcelView {
  url: string;
  files: number;
  bytes: number;
  /** Files that are not here. */
  missing: number;
}

/** A new pass: the only answer that ever holds it. */
export interface PassView {
  name: string;
  secret: string;
}

/** A key was pasted or removed. */
export interface PastedView {
  /** What its vendor says about it. */
  check: KeyCheck | null;
  /** Paid jobs there that are open. */
  jobs: number;
  keys: KeysView;
}

/** Everybody, for an admin, and how the command is called that adds and removes them. */
export interface PeopleView {
  people: Array<PersonTotalsView | TotalsView>;
  command: string;
  /** Whether somebody can be added in the page. */
  can_add: boolean;
}

/** The same of a person. */
export interface PersonTotalsView extends TotalsView {
  role: "admin" | "member";
  enabled: boolean;
  caps: string;
  /** Whether `STUDIO_PEOPLE` names them, and so sets password and role. */
  listed: boolean;
}

/** Who has signed in. */
export interface PersonView {
  name: string;
  admin: boolean;
}

/** A multishot before it is sent. Its files are its owner's, its options those of its model. */
export interface Plan {
  /** A spec id; a plan outlives it. */
  model: string;
  prompt: string;
  /** Stands before the text of every shot, and so does the cast. */
  style: string;
  cast: string;
  shots: Array<Shot>;
  options: Record<string, Json>;
  start_frame: string | null;
  references: Array<string>;
}

/** What a list shows of a saved plan. */
export interface PlanLine {
  id: string;
  name: string;
  /** Whether using it asks for the words of its braces. */
  template: boolean;
  model: string;
  shots: number;
  seconds: number;
  /** Counts its changes, from 1. */
  revision: number;
  created: number;
  updated: number;
}

/** A saved plan as it is opened. */
export interface PlanView extends PlanLine {
  plan: Plan;
  /** Names that stand in braces. */
  slots: Array<string>;
  /** What keeps it from being sent as it is. */
  problems: Array<Problem>;
}

/** All saved plans and templates of whoever asks, the one that was changed last first. */
export interface PlansView {
  plans: Array<PlanLine>;
}

/**
 * What a vendor publishes: `amount` of `unit` for each picture, second or task, and what comes on top.
 *
 * Seconds are those that are asked for; where none are, the result is as long as the video handed in.
 */
export interface Price {
  amount: number;
  /** `credits` or `$`, as the vendor counts. */
  unit: string;
  per: "picture" | "second" | "task";
  /** Holds where every named option has one of these values; empty holds always. */
  when: Record<string, Array<Json>>;
  /** Added for each picture that is handed in. */
  each_picture: number;
  /** Added for each second of the video that is handed in. */
  each_second_in: number;
  /** No task costs less. */
  least: number;
  /** Something adds to it that the fields do not tell. */
  at_least: boolean;
  source: string;
  checked: string;
}

export interface Problem {
  field: string;
  message: string;
  soft: boolean;
  asks: string;
}

/** Why a request was refused: every problem of it. */
export interface ProblemsView {
  problems: Array<Problem>;
}

/** That the feed still lives, though nothing happens. */
export interface PulseFrame {
  type: "pulse";
}

/** Where an open job stands in line. */
export interface Queue {
  /** As people call who keeps the line; empty: the studio itself, or nobody told. */
  whose: string;
  /** Tasks that hold a place, as when the job last stood in line; None: nobody told. */
  ahead: number | null;
  /** How many places there are. */
  of: number | null;
  /** Jobs of anybody whose turn comes before, while several owners wait and this is one of the next. */
  turns: number | null;
}

/** What a check of all files found. */
export interface ReportView extends HarmsView {
  ok: boolean;
  checked: number;
  bytes: number;
  /** Whole files without a row, which can be taken in. */
  orphans: Array<string>;
  /** Damaged ones, which are of no use. */
  spoiled: Array<string>;
  sentences: Array<string>;
}

/** What a file tells about how it was made, and what of that fits here today. */
export interface RestoredView {
  studio: string;
  made: string | null;
  kind: "image" | "video" | "multishot";
  model: string;
  prompt: string;
  options: Record<string, Json>;
  shots: Array<Shot>;
  /** The job that made it, where the file itself is known here. */
  job: string | null;
  /** Its references that are kept here, by field. */
  media: Record<string, Array<ArtifactView>>;
  /** About its references that are not. */
  away: Array<string>;
  problems: Array<WarningView>;
}

/** What one line of a list asks for. */
export interface RowView {
  line: number;
  request: ImageRequest | VideoRequest | MultishotRequest;
  /** What its model left out of the form. */
  note: string;
  /** Why it cannot be read. */
  problem: string;
}

/** How the sandbox is set. */
export interface SandboxView {
  speed: number;
  words: Array<WordView>;
}

/** The settings that a file holds. */
export interface SettingsFoundView {
  settings: RestoredView;
}

/** That something was set anew, or people were changed: what is shown of it is asked for again. */
export interface SettingsFrame {
  type: "settings";
}

/** What the Settings tab shows. */
export interface SettingsView extends StatusView {
  spend: SpendView;
  keys: KeysView;
  limits: Array<LimitView>;
}

/** One shot of a multishot video, as it was written down; the model's row checks both. */
export interface Shot {
  prompt: string;
  seconds: number | null;
}

/** The shots of a multishot video: how many, each with its prompt and seconds, and all together. */
export interface Shots {
  rule: "shots";
  least: number;
  most: number;
  /** The text of one shot. */
  prompt: Text;
  /** The length of one shot. */
  seconds: Span;
  /** The most seconds of all together. */
  total: number;
  /** The least seconds of all together. */
  total_least: number;
  /** All together last exactly one of these, in seconds; empty: whatever lies within the totals. */
  sums: Array<number>;
  /** Limits that no page of the vendor says: beyond them a warning, not a refusal. */
  soft: Array<"count" | "seconds" | "total">;
  /**
   * The vendor reads the shots from one text (`written`), which has at most so many characters. So no
   * shot's text holds the semicolon that ends it there, a line break, or the words that begin a shot.
   */
  in_one_text: number | null;
  /** The vendor rewords the texts before it films them. */
  rewritten: boolean;
}

/** References of one role: how many, of what kind. */
export interface Slot {
  rule: "slot";
  kind: "image" | "video";
  least: number;
  most: number;
  /** What the field is called here, where its usual name does not fit. */
  label: string;
  /** Another field that must be filled first (an end frame needs a start frame). */
  requires: string | null;
  /** How the prompt names the n-th one, e.g. `@IMG_{n}`. */
  tag: string | null;
  /** From here on a warning, not a refusal: sources disagree about the maximum, or say none. */
  doubtful: number | null;
  /** No source says how many at most: `most` only keeps a mistake from being sent. */
  open: boolean;
  /** What each file must be like. */
  takes: Takes;
  /** Of a frame: it keeps its own shape, whatever ratio is asked for. */
  uncut: boolean;
}

/** The feed's first word: all that is open or new. */
export interface SnapshotFrame extends ChangedView {
  type: "snapshot";
}

/** A whole number from `low` to `high`. */
export interface Span {
  rule: "span";
  low: number;
  high: number;
  default: number | null;
  unit: string;
  /** The vendor names no limit: outside of low to high but within these a warning, not a refusal. */
  beyond: [number, number] | null;
}

/** What an owner spent, and what may be spent. */
export interface SpendView {
  today: Array<SumView>;
  days: Array<DayView>;
  caps: Array<CapView>;
}

/** How the studio is. */
export interface StatusView {
  version: string;
  /** Of the parts that are installed. */
  versions: Record<string, string>;
  data: DataView;
  connections: Array<ConnectionView>;
  sandbox: SandboxView;
}

/** What jobs came to at one vendor, in one unit of its own; the sandbox's make-believe stands apart. */
export interface SumView {
  vendor: string;
  /** Empty: the price is unknown, and no cost was told. */
  unit: string;
  sandbox: boolean;
  jobs: number;
  spent: number;
  reserved: number;
}

/** What a vendor takes of a file as it leaves. Of what is None nobody says anything: the vendor judges. */
export interface Takes {
  /** Media types. Images of others become one of these on their way; videos stay as they are. */
  types: Array<string>;
  /** Pixels of the longer side: larger images are made smaller on their way. */
  shrunk_to: number | null;
  /** Pixels of the shorter side. */
  least_side: number | null;
  /** Pixels of the longer side. */
  most_side: number | null;
  /** Pixels of the shorter side: the 1080 of 1080p. */
  most_lines: number | null;
  /** Width divided by height. */
  least_shape: number | null;
  most_shape: number | null;
  least_bytes: number | null;
  most_bytes: number | null;
  least_seconds: number | null;
  most_seconds: number | null;
  /** Frames in a second. */
  most_rate: number | null;
  /** Pixels of the result, where it is made `scale` times as wide and as high. */
  most_made: number | null;
  /** Limits that no page of the vendor says for certain: beyond them a warning, not a refusal. */
  soft: Array<"types" | "sides" | "shape" | "bytes" | "seconds" | "rate" | "made">;
}

/** A task at the vendor that no job here holds. */
export interface TaskView {
  /** For taking it in. */
  name: string;
  /** The end of its id. */
  task: string;
  state: string;
  prompt: string;
  kind: "image" | "video" | "multishot" | null;
  model: string;
  /** Seconds since the epoch, by our clock. */
  created: number | null;
  /** As text: seeds may be larger than a browser counts. */
  seed: string;
}

/** What the vendor lists and no job here holds. */
export interface TasksView {
  tasks: Array<TaskView>;
}

/** Characters, counted as Unicode code points. `shortest` 1 means required. */
export interface Text {
  rule: "text";
  shortest: number;
  longest: number;
  /** A newer source names this lower maximum: above it a warning, not a refusal. */
  doubtful: number | null;
  /** The vendor counts UTF-16 units: most emoji are two characters there. */
  utf16: boolean;
}

/** What an owner's jobs cost today. */
export interface TodayView {
  today: Array<SumView>;
}

/** What somebody's jobs came to; without a name: of who is no person here. */
export interface TotalsView {
  name: string;
  today: Array<SumView>;
  days: Array<SumView>;
}

/** What a page knows of a vendor from its start. */
export interface VendorView {
  name: string;
  label: string;
  sandbox: boolean;
  /** What cancelling meant there. */
  cancel_note: string;
  /** The same before it is done. */
  before_cancel: string;
  /** Who keeps the line that its tasks wait in; empty: the vendor itself. */
  queue: string;
  lists_tasks: boolean;
  lists_assets: boolean;
  /** Its second queue, where it has one. */
  lane: Lane | null;
}

/** One clip from a prompt, frames, references or a driving video. */
export interface VideoRequest {
  /** A spec id such as `useapi:video/veo-3.1`. */
  model: string;
  prompt: string;
  /** Keyed by catalogue field names (ratio, resolution, duration, …). */
  options: Record<string, Json>;
  kind: "video";
  start_frame: string | null;
  end_frame: string | null;
  references: Array<string>;
  driving_video: string | null;
}

/** What the validator says about settings that were read from a file. */
export interface WarningView {
  message: string;
  soft: boolean;
}

/**
 * While `field` is given, these rules replace the row's own (or join them), and `hides` fall away.
 *
 * A switch is given while it is on.
 */
export interface When {
  field: string;
  rules: Record<string, Choice | Span | Text | Flag | Slot | Shots>;
  hides: Array<string>;
}

/** A word in a prompt by which the sandbox knows a fate. */
export interface WordView {
  word: string;
  effect: string;
}

export interface _Member {
}
