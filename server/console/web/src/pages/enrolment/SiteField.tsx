import type { Site } from "../../api/types";
import { ChoiceField } from "../../components/form";

/** Chooses one of the tenant's sites. */
export function SiteField({ sites, value, set }: { sites: readonly Site[]; value: string; set: (slug: string) => void }) {
  return <ChoiceField label="Site" value={value} set={set} options={sites.map((s) => ({ value: s.slug, label: s.name }))} />;
}
