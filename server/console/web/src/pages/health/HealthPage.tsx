import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "../../api/health";
import type { Diagnosis, HealthSign, NodeMeasure } from "../../api/types";
import { Badge, WordBadge } from "../../components/Badge";
import { Stack } from "../../components/Layout";
import { TapLink } from "../../components/links";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Sentence, Stranger, When, textStyle } from "../../components/text";
import { formatBytes } from "../../format/number";
import { useScope } from "../../url/useView";
import { finding, kindNames, resourceNames, stateWords, symptomNames } from "./model";

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
        <Panel title="What the nodes measured" note="in the last half minute; of times, what 95 of 100 did not exceed">
          <Loaded query={health} bones={<BoneRows rows={2} />}>
            {(h) => <Measures rows={h.nodes} />}
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}

function Diagnoses({ rows }: { rows: readonly Diagnosis[] }) {
  return (
    <SimpleTable
      label="What is short"
      stack
      rows={rows}
      rowKey={(d) => `${d.node} ${d.symptom} ${d.resource}`}
      none="Nobody notices anything: taps are answered in time, no request fails, and the console is quick."
      columns={[
        { header: "Symptom", wrap: true, cell: (d) => <span className={textStyle.strong}>{symptomNames[d.symptom]}</span> },
        {
          header: "Short",
          cell: (d) => <WordBadge word={{ ...(d.resource === "unknown" ? stateWords.unknown : stateWords.critical), word: resourceNames[d.resource] }} />,
        },
        { header: "Node", cell: (d) => <Stranger text={d.node} max={64} /> },
        { header: "Why, and what to do", wrap: true, cell: (d) => <Cause reason={`${d.evidence} ${d.reason}`} cure={d.cure} /> },
      ]}
    />
  );
}

function Signs({ rows }: { rows: readonly HealthSign[] }) {
  return (
    <SimpleTable
      label="Signs"
      stack
      rows={rows}
      rowKey={(s, i) => `${s.kind} ${s.subject} ${String(i)}`}
      none="Nothing was measured yet."
      columns={[
        { header: "State", cell: (s) => <WordBadge word={stateWords[s.state]} /> },
        { header: "What", cell: (s) => kindNames[s.kind] },
        { header: "Of", cell: (s) => <Subject sign={s} /> },
        { header: "Why, and what to do", wrap: true, cell: (s) => <Cause reason={s.reason} cure={s.cure} /> },
      ]}
    />
  );
}

function Subject({ sign }: { sign: HealthSign }) {
  if (sign.subject === "") return <span className={textStyle.dim}>all</span>;
  const name = <Stranger text={sign.subject} max={64} />;
  return sign.tapID === "" ? name : <TapLink id={sign.tapID}>{name}</TapLink>;
}

/** What was measured, and the cure right under it. */
function Cause({ reason, cure }: { reason: string; cure: string }) {
  return (
    <>
      <Sentence text={reason} />
      {cure !== "" && (
        <div className={textStyle.soft}>
          <Sentence text={cure} />
        </div>
      )}
    </>
  );
}

const ms = (v: number): string => (v >= 1000 ? `${(v / 1000).toFixed(1)} s` : `${v.toFixed(v < 10 ? 1 : 0)} ms`);
const percent = (v: number): string => `${(100 * v).toFixed(0)} %`;

function Measures({ rows }: { rows: readonly NodeMeasure[] }) {
  return (
    <SimpleTable
      label="What the nodes measured"
      stack
      rows={rows}
      rowKey={(n, i) => `${n.node} ${String(i)}`}
      none="No node has measured itself yet; the first figures come after five seconds."
      columns={[
        { header: "Node", cell: (n) => <Stranger text={n.node} max={64} /> },
        {
          header: "Measured",
          cell: (n) => (n.fresh ? <When at={n.measuredAt} form="ago" /> : <Badge tone="none" mark="none">silent since <When at={n.measuredAt} form="last" /></Badge>),
        },
        { header: "CPU busy", right: true, cell: (n) => percent(n.cpuBusy) },
        { header: "Waiting for CPU", right: true, cell: (n) => percent(n.cpuWaiting) },
        { header: "Memory", right: true, cell: (n) => n.memoryLimitBytes === 0 ? formatBytes(n.memoryUsedBytes) : `${formatBytes(n.memoryUsedBytes)} of ${formatBytes(n.memoryLimitBytes)}` },
        { header: "Taking a report", right: true, cell: (n) => ms(n.reportsP95MS) },
        { header: "Answering the console", right: true, cell: (n) => ms(n.interfaceP95MS) },
        { header: "Storing", right: true, cell: (n) => ms(n.writeP95MS) },
        { header: "Reading", right: true, cell: (n) => ms(n.readP95MS) },
        { header: "Durable write", right: true, cell: (n) => ms(n.commitMS) },
        { header: "Network to taps", right: true, cell: (n) => (n.lineP95MS === 0 ? "" : ms(n.lineP95MS)) },
        { header: "Disk free", right: true, cell: (n) => formatBytes(n.diskFreeBytes) },
      ]}
    />
  );
}
