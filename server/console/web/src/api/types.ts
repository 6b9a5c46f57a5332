import type { Dated } from "./dated";
import type { components } from "./schema";

// The API's words, with times as Dates. The descriptions of the fields are in
// the OpenAPI document, and so in schema.d.ts.

type Schema<K extends keyof components["schemas"]> = Dated<components["schemas"][K]>;

export type Session = Schema<"Session">;
export type Site = Schema<"SiteRef">;
export type Home = Schema<"Home">;
export type HomeSite = Schema<"HomeSite">;
export type SiteState = HomeSite["state"];
export type Recent = Schema<"RecentItem">;
export type BlindSpot = Schema<"BlindSpot">;
export type Tap = Schema<"Tap">;
export type TapState = Tap["state"];
export type TapDetail = Schema<"TapDetail">;
export type TapHealth = Schema<"TapHealth">;
export type TapChannel = Schema<"TapChannel">;
export type Capture = Schema<"TapCapture">;
export type Radios = Schema<"TapRadios">;
export type Adapter = Schema<"TapAdapter">;
export type TapCoverage = Schema<"TapCoverage">;
export type ChannelListens = Schema<"ChannelListens">;
export type TapEvent = Schema<"TapEvent">;
export type TapEvents = Schema<"TapEvents">;
export type EventKind = TapEvent["kind"];
export type BSS = Schema<"BSS">;
export type SecurityLevel = BSS["securityLevel"];
export type BSSDetail = Schema<"BSSDetail">;
export type BSSSignal = Schema<"BSSSignal">;
export type SignalLane = Schema<"SignalLane">;
export type Fingerprint = Schema<"Fingerprint">;
export type Disconnect = Schema<"Disconnect">;
export type Handshake = Schema<"Handshake">;
export type Client = Schema<"Client">;
export type ClientDetail = Schema<"ClientDetail">;
export type Host = Schema<"Host">;
export type HostDetail = Schema<"HostDetail">;
export type EnrolmentToken = Schema<"EnrolmentToken">;
export type CreatedEnrolmentToken = Schema<"CreatedEnrolmentToken">;
export type PendingBox = Schema<"PendingBox">;
export type PendingBoxes = Schema<"PendingBoxes">;
export type Adoption = components["schemas"]["AdoptInputBody"];
export type NewEnrolmentToken = components["schemas"]["NewEnrolmentToken"];
export type Settings = Schema<"Settings">;
export type TapSettings = Schema<"TapSettings">;
export type SiteSettings = Schema<"SiteSettings">;
export type ChannelLock = Schema<"ChannelLock">;
export type NewChannelLock = components["schemas"]["NewChannelLock"];
export type FirstLogin = components["schemas"]["FirstLogin"];
export type Login = components["schemas"]["Login"];

/** A registry's list, as of one moment. */
export interface List<T> {
  items: T[];
  total: number;
  asOf: Date;
}

/** What every read of a tenant is limited to. */
export interface Scope {
  tenant: string;
  from: string;
  to: string;
  site: string | undefined;
}
export type Cluster = Schema<"Cluster">;
export type ClusterNode = Schema<"Node">;
export type BackgroundJob = Schema<"BackgroundJob">;
export type Health = Schema<"Health">;
export type HealthSign = Schema<"HealthSign">;
export type Diagnosis = Schema<"Diagnosis">;
export type NodeMeasure = Schema<"NodeMeasure">;
