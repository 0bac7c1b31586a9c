// What the studio answers, written from its records by `make docs`. No browser reads this.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A file that is kept. */
export interface ArtifactView {
  id: string;
  kind: "image" | "video";
  /** Relative to the studio's own address. */
  url: string;
  width: number;
  height: number;
  /** None: a picture. */
  seconds: number | null;
  bytes: number;
  sound: boolean;
  media_type: string;
  name: string;
  sandbox: boolean;
  /** What the check of all files found: `missing`, `short` or `rotten`; empty when it is whole. */
  harm: string;
}

/** A job's place in its batch. A row that was tried again has several jobs. */
export interface BatchRow {
  id: string;
  /** Counted from 1. */
  row: number;
  /** How many rows the batch was made with. */
  of: number;
}

/** What an admin may know: where its key is from, and never the key. */
export interface ConnectionView extends MemberConnectionView {
  key_variable: string;
  key_source: "environment" | "none";
  key_page: string;
  base_url_changed: boolean;
}

/** Money as a vendor counts it. */
export interface Cost {
  amount: number;
  /** `credits` or `$`, as the vendor counts. */
  unit: string;
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

/** A job with the states that it went through. */
export interface JobHistoryView extends JobView {
  events: Array<EventView>;
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
  queue: Queue | null;
  parked: "no_key" | "sandbox_only" | "other_account" | "no_vendor" | null;
  /** Seconds until the vendor expects to begin. */
  starts_in: number | null;
  /** When the first link to a file that is not here yet dies. */
  link_deadline: number | null;
  error: TroubleView | null;
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
  /** Values that the vendor chose, such as the seed. */
  used: Record<string, Json>;
  estimate: Estimate | null;
  cost: Cost | null;
  evidence: Evidence | null;
  artifacts: Array<ArtifactView>;
}

/** How a connection is just now, as the feed tells. */
export interface LinkView {
  vendor: string;
  sandbox: boolean;
  /** What stands in the way of the next result, and what to do; empty where nothing does. */
  trouble: string;
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
}

/** Where an open job stands in line. */
export interface Queue {
  /** As people call who keeps the line; empty: the studio itself, or nobody told. */
  whose: string;
  /** Tasks that hold a place, as when the job last stood in line; None: nobody told. */
  ahead: number | null;
  /** How many places there are. */
  of: number | null;
}

/** One shot of a multishot video, as it was written down; the model's row checks both. */
export interface Shot {
  prompt: string;
  seconds: number | null;
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

/** Why a job did not give what was asked. */
export interface TroubleView {
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
  /** What happened and what to do, as it is printed. */
  lines: Array<string>;
  /** Whether the lines speak of charges. */
  on_money: boolean;
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
}
