import type { Disconnect } from "../../api/types";
import { Badge } from "../../components/Badge";
import { TapLink } from "../../components/links";
import { SimpleTable } from "../../components/SimpleTable";
import { MAC, Stranger, When } from "../../components/text";
import { formatCount } from "../../format/number";

const everyone = "ff:ff:ff:ff:ff:ff";

/** Deauthentications and disassociations, newest first. */
export function DisconnectTable({ rows }: { rows: readonly Disconnect[] }) {
  return (
    <SimpleTable
      label="Disconnections"
      rows={rows}
      rowKey={(d, i) => `${d.at.toISOString()} ${String(i)}`}
      none="No deauthentication or disassociation was heard in this time range."
      columns={[
        { header: "When", cell: (d) => <When at={d.at} /> },
        { header: "Sent as", cell: (d) => <MAC mac={d.transmitter} /> },
        { header: "To", cell: (d) => (d.receiver === everyone ? "all stations" : <MAC mac={d.receiver} />) },
        { header: "Kind", cell: (d) => d.kind },
        { header: "Reason", wrap: true, cell: (d) => (d.reason === null ? d.reasonText : `${String(d.reason)}: ${d.reasonText}`) },
        {
          header: "Sender",
          cell: (d) =>
            d.protected ? (
              <Badge tone="ok" mark="ok">
                Protected
              </Badge>
            ) : (
              <Badge tone="none">Could be anybody</Badge>
            ),
        },
        { header: "Frames", right: true, cell: (d) => formatCount(d.frames) },
        {
          header: "Heard by",
          cell: (d) => (
            <TapLink id={d.tap.id}>
              <Stranger text={d.tap.name} />
            </TapLink>
          ),
        },
      ]}
    />
  );
}
