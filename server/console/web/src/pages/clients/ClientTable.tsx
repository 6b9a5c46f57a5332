import type { Client } from "../../api/types";
import { SignalBar } from "../../charts/SignalBar";
import { ClientLink } from "../../components/links";
import { SimpleTable } from "../../components/SimpleTable";
import { MAC, textStyle, When } from "../../components/text";
import { formatBytes, formatCount } from "../../format/number";

/** What is known of the maker of a client. */
export function Maker({ client }: { client: Pick<Client, "vendor" | "randomised"> }) {
  if (client.randomised) return <span className={textStyle.dim}>private address</span>;
  return client.vendor === null ? <span className={textStyle.dim}>unknown</span> : <>{client.vendor}</>;
}

/** The clients of one BSS. */
export function ClientTable({ rows }: { rows: readonly Client[] }) {
  return (
    <SimpleTable
      label="Clients of this BSS"
      rows={rows}
      rowKey={(c) => c.mac}
      none="No client was heard in this BSS in the time range."
      columns={[
        {
          header: "Client",
          cell: (c) => (
            <ClientLink id={c.mac}>
              <MAC mac={c.mac} />
            </ClientLink>
          ),
        },
        { header: "Vendor", cell: (c) => <Maker client={c} /> },
        { header: "Signal, dBm", cell: (c) => <SignalBar dBm={c.signalDBm} /> },
        { header: "Frames out", right: true, cell: (c) => formatCount(c.framesSent) },
        { header: "Frames in", right: true, cell: (c) => formatCount(c.framesReceived) },
        { header: "Octets out", right: true, cell: (c) => formatBytes(c.bytesSent) },
        { header: "Octets in", right: true, cell: (c) => formatBytes(c.bytesReceived) },
        { header: "First heard", cell: (c) => <When at={c.firstHeardAt} /> },
        { header: "Last", cell: (c) => <When at={c.lastHeardAt} form="last" /> },
      ]}
    />
  );
}
