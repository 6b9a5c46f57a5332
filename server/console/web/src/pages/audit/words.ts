import type { AuditEntry } from "../../api/audit";
import { parseMoment } from "./difference";

/** What verbs of the audit log are called by people, in the order of the choice. */
export const verbNames: Record<string, string> = {
  create: "made",
  change: "changed",
  delete: "removed",
  adopt: "adopted",
  reject: "rejected",
  enrol: "enrolled",
  "renew-key": "renewed the key of",
  revoke: "revoked",
  drain: "drained",
  forget: "forgot",
  "sign-in": "signed in",
  "reset-password": "made a link for a new password of",
  end: "ended",
};

/** What somebody did, as the middle of a sentence: "made enrolment token". A verb of a newer release stays as it is. */
export function deed({ verb, objectKind }: Pick<AuditEntry, "verb" | "objectKind">): string {
  if (verb === "sign-in") return "signed in";
  return `${verbNames[verb] ?? verb} ${objectKind.replaceAll("-", " ")}`;
}

/** What something was done to: its name, or a short form of an id that says nothing to people. */
export function object({ objectName, objectID }: Pick<AuditEntry, "objectName" | "objectID">): { text: string; title?: string } {
  if (objectName !== "") return { text: objectName };
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(objectID)) return { text: `…${objectID.slice(-12)}`, title: objectID };
  return { text: objectID };
}

/** A field's name in words: "expires_at" is "expires at". */
export function fieldName(field: string): string {
  return field.replaceAll("_", " ");
}

/** A field's value for people; a moment is one in the browser's zone. */
export function valueText(value: string, moment: (at: Date) => string): string {
  const at = parseMoment(value);
  return at === null ? value : moment(at);
}
