import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "../../api/health";
import type { Diagnosis, HealthSign, NodeMeasure } from "../../api/types";
import { Badge } from "../../components/Badge";
import { Stack } from "../../components/Layout";
import { TapLink } from "../../components/links";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Sentence, Stranger, When, textStyle } from "../../components/text";
import { formatBytes } from "../../format/number";
import { useScope } from "../../url/useView";
import { finding, kindNames, resourceNames, stateWords, symptomNames, type Word } from "./model";

/** What is wrong, why, and what to do; what is short when operators notice something. */
export function HealthPage() {
  const { tenant } = useScope();
  const health = useQuery(healthQuery(tenant));
  return (
    <>
      <PageHeader title={health.data ? finding(health.data) : "Health"} tab="Health" />
      <Stack>
        <Panel title="What is short" note="when taps run into time-outs, requests fail or the console is slow; of the last half minute">
          <Loaded query={health} bones={<BoneRows rows={2} />}>
            {(h) => <Diagnoses rows={h.diagnoses} />}
          </Loaded>
        </Panel>
        <Panel title="Signs" note="worst first">
          <Loaded query={health} bones={<BoneRows rows={6} />}>
            {(h) => <Signs rows={h.indicators} />}
          </Loaded>
        </Panel>
        <Panel title="What the nodes measured" note="in the last half minute; 95 of 100 took no longer">
          <Loaded query={health} bones={<BoneRows rows={2} />}>
            {(h) => <Measures rows={h.nodes} />}
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}

function WordBadge({ word: { tone, mark, word } }: { word: Word }) {
  return (
    <Badge tone={tone} mark={mark}>
      {word}
    </Badge>
  );
}

function Diagnoses({ rows }: { rows: readonly Diagnosis[] }) {
  return (
    <SimpleTable
      label="What is short"
      rows={rows}
      rowKey={(d) => `${d.node} ${d.symptom} ${d.resource}`}
      none="Nobody notices anything: taps are answered in time, no request fails, and the console is quick."
      columns={[
        { header: "Symptom", wrap: true, cell: (d) => <span className={textStyle.strong}>{symptomNames[d.symptom]}</span> },
        { header: "Short", wrap: true, cell: (d) => <Badge tone={d.resource === "unknown" ? "none" : "high"}>{resourceNames[d.resource]}</Badge> },
        { header: "Node", cell: (d) => <Stranger text={d.node} max={64} /> },
        { header: "Why", wrap: true, cell: (d) => <Sentence text={`${d.evidence} ${d.reason}`} /> },
        { header: "What to do", wrap: true, cell: (d) => <Sentence text={d.cure} /> },
      ]}
    />
  );
}

function Signs({ rows }: { rows: readonly HealthSign[] }) {
  return (
    <SimpleTable
      label="Signs"
      rows={rows}
      rowKey={(s, i) => `${s.kind} ${s.subject} ${String(i)}`}
      none="Nothing was measured yet."
      columns={[
        { header: "State", cell: (s) => <WordBadge word={stateWords[s.state]} /> },
        { header: "What", cell: (s) => kindNames[s.kind] },
        { header: "Of", cell: (s) => (s.tapID === "" ? <Stranger text={s.subject} max={64} /> : <TapLink id={s.tapID}><Stranger text={s.subject} max={64} /></TapLink>) },
        { header: "Why", wrap: true, cell: (s) => <Sentence text={s.reason} /> },
        { header: "What to do", wrap: true, cell: (s) => (s.cure === "" ? "" : <Sentence text={s.cure} />) },
      ]}
    />
  );
}

const ms = (v: number): string => (v >= 1000 ? `${(v / 1000).toFixed(1)} s` : `${v.toFixed(v < 10 ? 1 : 0)} ms`);
const percent = (v: number): string => `${(100 * v).toFixed(0)} %`;

function Measures({ rows }: { rows: readonly NodeMeasure[] }) {
  return (
    <SimpleTable
      label="What the nodes measured"
      rows={rows}
      rowKey={(n, i) => `${n.node} ${String(i)}`}
      none="No node has measured itself yet; the first figures come after five seconds."
      columns={[
        { header: "Node", cell: (n) => <Stranger text={n.node} max={64} /> },
        { header: "When", cell: (n) => <When at={n.measuredAt} form="ago" /> },
        { header: "Processors", right: true, cell: (n) => percent(n.cpuBusy) },
        { header: "Waits for one", right: true, cell: (n) => percent(n.cpuWaiting) },
        { header: "Memory", right: true, cell: (n) => `${formatBytes(n.memoryUsedBytes)} of ${formatBytes(n.memoryLimitBytes)}` },
        { header: "Reports", right: true, cell: (n) => ms(n.reportsP95MS) },
        { header: "Console", right: true, cell: (n) => ms(n.interfaceP95MS) },
        { header: "Storing", right: true, cell: (n) => ms(n.writeP95MS) },
        { header: "Reading", right: true, cell: (n) => ms(n.readP95MS) },
        { header: "Durable write", right: true, cell: (n) => ms(n.commitMS) },
        { header: "Lines", right: true, cell: (n) => (n.lineP95MS === 0 ? "" : ms(n.lineP95MS)) },
        { header: "Disk free", right: true, cell: (n) => formatBytes(n.diskFreeBytes) },
      ]}
    />
  );
}
