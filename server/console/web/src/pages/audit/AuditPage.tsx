import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { auditQuery, type AuditEntry, type AuditFilter, type AuditScope } from "../../api/audit";
import { sessionQuery } from "../../api/session";
import { Button } from "../../components/Button";
import { ChoiceField, formStyle, TextField } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { plural } from "../../format/number";
import { formatMoment } from "../../format/time";
import { useMay } from "../../session/may";
import { useSetView, useTenant, useView } from "../../url/useView";
import { differences } from "./difference";
import { deed, fieldName, object, valueText, verbNames } from "./words";

const spans = [
  { value: "-1d", label: "24 hours" },
  { value: "-7d", label: "7 days" },
  { value: "-30d", label: "30 days" },
  { value: "-365d", label: "a year" },
];
const verbs = [{ value: "", label: "anything" }, ...Object.entries(verbNames).map(([value, label]) => ({ value, label }))];

/** The filter in a URL's query; what is not there is not limited. */
function filterOf(q: string | undefined): AuditFilter {
  const given = new URLSearchParams(q ?? "");
  const span = given.get("in");
  return {
    from: spans.find((s) => s.value === span)?.value ?? "-30d",
    actor: given.get("who") ?? "",
    verb: given.get("did") ?? "",
    object: given.get("to") ?? "",
  };
}

function textOf({ from, actor, verb, object: to }: AuditFilter): string | undefined {
  const given = new URLSearchParams(
    Object.entries({ in: from === "-30d" ? "" : from, who: actor, did: verb, to }).filter(([, value]) => value !== ""),
  );
  return given.size === 0 ? undefined : given.toString();
}

/** Who changed what: in the tenant, or in what is above it. */
export function AuditPage() {
  const tenant = useTenant();
  const may = useMay();
  const { q, tab } = useView();
  const setView = useSetView();
  const organisations = (useQuery(sessionQuery).data?.organisations ?? []).filter((o) => may("read:audit", { organisation: o.id }));
  const scopes: { value: string; label: string; scope: AuditScope }[] = [
    { value: "", label: "this tenant", scope: { tenant } },
    ...organisations.map((o, i) => ({ value: `organisation-${letters(i)}`, label: o.name, scope: { organisation: o.id } })),
    ...(may("read:audit", "installation") ? [{ value: "installation", label: "the installation", scope: "installation" as const }] : []),
  ];
  const filter = filterOf(q);
  const scope = scopes.find((s) => s.value === tab)?.scope ?? { tenant };
  const log = useInfiniteQuery(auditQuery(scope, filter));
  const set = (part: Partial<AuditFilter>): void => setView({ q: textOf({ ...filter, ...part }) }, true);
  const rows = log.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <PageHeader title="Who changed what" tab="Audit log" facts="nobody can change or remove an entry" />
      <Stack>
        <Panel title="Show">
          <Part>
            <div className={formStyle.form}>
              {scopes.length > 1 && (
                <ChoiceField label="Changes in" value={tab ?? ""} set={(value) => setView({ tab: value === "" ? undefined : value })} options={scopes} />
              )}
              <ChoiceField label="Within" value={filter.from} set={(from) => set({ from })} options={spans} />
              <TextField label="Who" value={filter.actor} set={(actor) => set({ actor })} max={100} optional placeholder="part of a name" />
              <ChoiceField label="Did" value={filter.verb} set={(verb) => set({ verb })} options={verbs} />
              <TextField label="To what" value={filter.object} set={(to) => set({ object: to })} optional placeholder="kind, id, or part of a name" />
            </div>
          </Part>
        </Panel>
        <Panel title="Changes" note={log.data ? `${log.hasNextPage ? "the newest " : ""}${plural(rows.length, "entry", "entries")}, newest first` : undefined}>
          <Loaded query={log} bones={<BoneRows rows={8} />}>
            {() => <Entries rows={rows} />}
          </Loaded>
          {log.hasNextPage && (
            <Part>
              <div>
                <Button aria-busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                  {log.isFetchingNextPage ? "Reading…" : "Show older"}
                </Button>
              </div>
            </Part>
          )}
        </Panel>
      </Stack>
    </>
  );
}

/** A number as letters, as a URL's tab has no digits: 0 is "a", 27 is "bb". */
function letters(n: number): string {
  const letter = String.fromCharCode(97 + (n % 26));
  return n < 26 ? letter : letters(Math.floor(n / 26) - 1) + letter;
}

function Entries({ rows }: { rows: readonly AuditEntry[] }) {
  return (
    <SimpleTable
      label="Changes"
      stack
      rows={rows}
      rowKey={(e) => e.id}
      none="Nothing was changed that fits."
      columns={[
        { header: "When", cell: (e) => <When at={e.at} /> },
        {
          header: "Who",
          cell: (e) => (
            <>
              <span className={textStyle.strong}>
                <Stranger text={e.actorName} max={64} />
              </span>
              <span className={textStyle.dim}>{e.actorKind === "user" ? ` ${e.address}` : e.actorKind === e.actorName ? "" : `, ${e.actorKind}`}</span>
            </>
          ),
        },
        { header: "Did", cell: (e) => <span title={`${e.verb} ${e.objectKind}`}>{deed(e)}</span> },
        { header: "To", wrap: true, cell: (e) => <Target entry={e} /> },
        { header: "Difference", wrap: true, cell: (e) => <Differences before={e.before} after={e.after} /> },
      ]}
    />
  );
}

function Target({ entry }: { entry: AuditEntry }) {
  const { text, title } = object(entry);
  return (
    <span title={title} className={title === undefined ? undefined : textStyle.mono}>
      <Stranger text={text} max={64} />
    </span>
  );
}

function Differences({ before, after }: { before: unknown; after: unknown }) {
  const list = differences(before, after);
  if (list.length === 0) return <span className={textStyle.dim}>–</span>;
  return (
    <ul className={formStyle.diff}>
      {list.map((d) => (
        <li key={d.field}>
          <span className={textStyle.dim}>{fieldName(d.field)}</span>{" "}
          {d.before !== undefined && (
            <del>
              <Value text={d.before} />
            </del>
          )}
          {d.before !== undefined && d.after !== undefined && " → "}
          {d.after !== undefined && <Value text={d.after} />}
        </li>
      ))}
    </ul>
  );
}

function Value({ text }: { text: string }) {
  return <Stranger text={valueText(text, formatMoment)} max={256} />;
}
