import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { clusterQuery, drainNode, forgetNode } from "../../api/nodes";
import type { BackgroundJob, ClusterNode } from "../../api/types";
import { Badge, WordBadge } from "../../components/Badge";
import { Sure, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Sentence, Stranger, When, textStyle } from "../../components/text";
import { formatBytes, formatCount, formatRate, plural } from "../../format/number";
import { formatDuration } from "../../format/time";
import { useMay } from "../../session/may";
import { clockText, facts, finding, jobName, jobWords, nodeWords } from "./model";

/** The nodes of the cluster, what each is busy with, and what is done once for all. */
export function NodesPage() {
  const cluster = useQuery(clusterQuery);
  const nodes = cluster.data?.nodes;
  return (
    <>
      <PageHeader title={nodes ? finding(nodes) : "Nodes"} tab="Nodes" facts={nodes ? facts(nodes) : undefined} />
      <Stack>
        <Panel title="Nodes" note="each renews its lease every 5 s, in the database's time">
          <Loaded query={cluster} bones={<BoneRows rows={3} />}>
            {(c) => <Nodes rows={c.nodes} />}
          </Loaded>
        </Panel>
        <Panel title="Background work" note="done once for the cluster each time it is due, by whichever node is free">
          <Loaded query={cluster} bones={<BoneRows rows={4} />}>
            {(c) => <Jobs rows={c.jobs} />}
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}

function Nodes({ rows }: { rows: readonly ClusterNode[] }) {
  const may = useMay();
  const serving = rows.filter((n) => n.state === "serving").length;
  return (
    <SimpleTable
      label="Nodes"
      stack
      rows={rows}
      rowKey={(n) => n.id}
      none="No node has joined yet."
      columns={[
        {
          header: "Node",
          cell: (n) => (
            <>
              <span className={textStyle.strong}>
                <Stranger text={n.name} max={64} />
              </span>
              {n.self && <span className={textStyle.dim}> · answers you</span>}
            </>
          ),
        },
        { header: "State", cell: (n) => <WordBadge word={nodeWords[n.state]} /> },
        {
          header: "Version",
          cell: (n) => (
            <>
              <Stranger text={n.version} max={32} />
              {n.versionDiffers && <span className={textStyle.dim}> · others differ</span>}
            </>
          ),
        },
        { header: "Lease renewed", cell: (n) => <When at={n.renewedAt} form="ago" /> },
        { header: "Started", cell: (n) => <When at={n.startedAt} /> },
        { header: "Load, 1 min", right: true, cell: (n) => `${n.load1m.toFixed(2)} on ${plural(n.cpus, "CPU")}` },
        { header: "Memory", right: true, cell: (n) => formatBytes(n.memoryBytes) },
        { header: "Reports/s", right: true, cell: (n) => (n.state === "serving" ? formatRate(n.reportsPerSecond) : "") },
        { header: "Jobs done", right: true, cell: (n) => <NodeJobs node={n} /> },
        { header: "Clock", right: true, cell: (n) => <Clock node={n} /> },
        ...(may("change:cluster", "installation")
          ? [{ header: "", right: true, cell: (n: ClusterNode) => <Actions node={n} last={serving === 1 && n.state === "serving"} /> }]
          : []),
      ]}
    />
  );
}

function NodeJobs({ node }: { node: ClusterNode }) {
  const title = `${String(node.jobsDone)} done and ${String(node.jobsFailed)} failed since it started; ${String(node.jobsRunning)} running`;
  return (
    <span title={title} className={textStyle.num}>
      {formatCount(node.jobsDone)}
      {node.jobsFailed > 0 && `, ${formatCount(node.jobsFailed)} failed`}
    </span>
  );
}

function Clock({ node }: { node: ClusterNode }) {
  const { text, bad } = clockText(node);
  const title = `Its clock minus the database's, to ${node.clockErrorMS.toFixed(1)} ms`;
  if (bad) {
    return (
      <Badge tone="high" mark="attention" title={`${title}. Let the machine keep time by NTP.`}>
        {text}
      </Badge>
    );
  }
  return (
    <span title={title} className={textStyle.num}>
      {text}
    </span>
  );
}

/** Drain a node that serves, remove one that is gone: each asks once more. last: no other node would go on serving. */
function Actions({ node, last }: { node: ClusterNode; last: boolean }) {
  const queries = useQueryClient();
  const gone = node.state === "left" || node.state === "lost";
  const act = useMutation({
    mutationFn: () => (gone ? forgetNode(node.id) : drainNode(node.id)),
    onSettled: () => queries.invalidateQueries({ queryKey: clusterQuery.queryKey }),
  });
  if (node.state === "draining") {
    return node.drainAskedBy === null ? null : (
      <span className={textStyle.dim}>
        asked by <Stranger text={node.drainAskedBy} max={64} />
      </span>
    );
  }
  const drain = last ? "Stop the only node that serves?" : "Let it finish and stop?";
  return (
    <>
      <Sure
        word={gone ? "Remove" : "Drain"}
        label={`${gone ? "Remove" : "Drain"} ${node.name}`}
        ask={gone ? "Remove it from the list?" : drain}
        act={() => act.mutate()}
      />
      <Wrong error={act.error} />
    </>
  );
}

function Jobs({ rows }: { rows: readonly BackgroundJob[] }) {
  return (
    <SimpleTable
      label="Background work"
      stack
      rows={rows}
      rowKey={(j) => j.kind}
      none="Nothing was due yet. The first work begins some seconds after the first node does."
      columns={[
        {
          header: "Work",
          wrap: true,
          cell: (j) => (
            <>
              {jobName(j.kind)}
              {j.error !== "" && (
                <div className={textStyle.soft}>
                  <Sentence text={j.error} />
                </div>
              )}
            </>
          ),
        },
        { header: "State", cell: (j) => <WordBadge word={jobWords[j.state]} /> },
        { header: "Every", right: true, cell: (j) => formatDuration(j.everySeconds) },
        { header: "Last begun", cell: (j) => <When at={j.startedAt} form="ago" /> },
        { header: "On", cell: (j) => <Stranger text={j.node} max={64} /> },
        { header: "Done", right: true, cell: (j) => formatCount(j.runs) },
        { header: "Failed", right: true, cell: (j) => formatCount(j.failures) },
      ]}
    />
  );
}
