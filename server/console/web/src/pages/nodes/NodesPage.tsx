import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorSentence } from "../../api/errors";
import { clusterQuery, drainNode, forgetNode } from "../../api/nodes";
import type { BackgroundJob, ClusterNode } from "../../api/types";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Sentence, Stranger, When, textStyle } from "../../components/text";
import { formatBytes, formatRate } from "../../format/number";
import { formatDuration } from "../../format/time";
import { clockText, facts, finding, jobName, jobWords, nodeWords, type Word } from "./model";

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

function WordBadge({ word: { tone, mark, word } }: { word: Word }) {
  return (
    <Badge tone={tone} mark={mark}>
      {word}
    </Badge>
  );
}

function Nodes({ rows }: { rows: readonly ClusterNode[] }) {
  return (
    <SimpleTable
      label="Nodes"
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
        { header: "Lease", cell: (n) => <When at={n.renewedAt} form="ago" /> },
        { header: "Started", cell: (n) => <When at={n.startedAt} /> },
        { header: "Load", right: true, cell: (n) => `${n.load1m.toFixed(2)} of ${String(n.cpus)}` },
        { header: "Memory", right: true, cell: (n) => formatBytes(n.memoryBytes) },
        { header: "Reports/s", right: true, cell: (n) => (n.state === "serving" ? formatRate(n.reportsPerSecond) : "") },
        { header: "Jobs", right: true, cell: (n) => <NodeJobs node={n} /> },
        { header: "Clock", right: true, cell: (n) => <Clock node={n} /> },
        { header: "", right: true, cell: (n) => <Actions node={n} /> },
      ]}
    />
  );
}

function NodeJobs({ node }: { node: ClusterNode }) {
  const title = `${String(node.jobsDone)} done and ${String(node.jobsFailed)} failed since it started`;
  return (
    <span title={title} className={textStyle.num}>
      {node.jobsRunning > 0 ? `${String(node.jobsRunning)} of ` : ""}
      {String(node.jobsDone + node.jobsFailed)}
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

/** Drain a node that serves, remove one that is gone: each asks once more. */
function Actions({ node }: { node: ClusterNode }) {
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const gone = node.state === "left" || node.state === "lost";
  const act = useMutation({
    mutationFn: () => (gone ? forgetNode(node.id) : drainNode(node.id)),
    onSettled: () => {
      setSure(false);
      return queries.invalidateQueries({ queryKey: clusterQuery.queryKey });
    },
  });
  if (node.state === "draining") {
    return node.drainAskedBy === null ? null : (
      <span className={textStyle.dim}>
        asked by <Stranger text={node.drainAskedBy} max={64} />
      </span>
    );
  }
  return (
    <>
      {act.error && (
        <span className={textStyle.dim} role="alert">
          {errorSentence(act.error)}{" "}
        </span>
      )}
      {sure ? (
        <>
          <Button small look="primary" disabled={act.isPending} onClick={() => act.mutate()}>
            {gone ? "Yes, remove it" : "Yes, let it stop"}
          </Button>{" "}
          <Button small onClick={() => setSure(false)}>
            No
          </Button>
        </>
      ) : (
        <Button small aria-label={`${gone ? "Remove" : "Drain"} ${node.name}`} onClick={() => setSure(true)}>
          {gone ? "Remove" : "Drain"}
        </Button>
      )}
    </>
  );
}

function Jobs({ rows }: { rows: readonly BackgroundJob[] }) {
  return (
    <SimpleTable
      label="Background work"
      rows={rows}
      rowKey={(j) => j.kind}
      none="Nothing was due yet. The first work begins some seconds after the first node does."
      columns={[
        { header: "Work", cell: (j) => jobName(j.kind) },
        { header: "State", cell: (j) => <WordBadge word={jobWords[j.state]} /> },
        { header: "Every", right: true, cell: (j) => formatDuration(j.everySeconds) },
        { header: "Last begun", cell: (j) => <When at={j.startedAt} form="ago" /> },
        { header: "On", cell: (j) => <Stranger text={j.node} max={64} /> },
        { header: "Done", right: true, cell: (j) => String(j.runs) },
        { header: "Failed", right: true, cell: (j) => String(j.failures) },
        { header: "Why", wrap: true, cell: (j) => (j.error === "" ? "" : <Sentence text={j.error} />) },
      ]}
    />
  );
}
