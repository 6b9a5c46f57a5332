import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { certificatesQuery, removeCertificate, type Certificate } from "../../api/certificates";
import { WordBadge } from "../../components/Badge";
import { formStyle, Sure, Wrong } from "../../components/form";
import { Columns } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { useNow } from "../../live/live";
import { useMay } from "../../session/may";
import { finding, validity } from "./model";
import { UploadPanel } from "./UploadPanel";

/** Certificates that browsers get in place of the cluster's own. */
export function CertificatesPage() {
  const certificates = useQuery(certificatesQuery);
  const mayChange = useMay()("change:cluster", "installation");
  const now = useNow();
  return (
    <>
      <PageHeader title={certificates.data ? finding(certificates.data.items, now) : "Certificates"} tab="Certificates" />
      <Columns
        main={
          <>
            <Panel title="Uploaded certificates" note="a browser gets the first that is good for the name it asks for">
              <Loaded query={certificates} bones={<BoneRows rows={3} />}>
                {(list) => <Uploaded rows={list.items} mayChange={mayChange} />}
              </Loaded>
            </Panel>
            {mayChange && certificates.data && <UploadPanel canUpload={certificates.data.canUpload} />}
          </>
        }
        side={
          <Panel title="Which certificate who gets" pad>
            <div className={formStyle.stack}>
              <p className={formStyle.text}>
                Without an upload, browsers get a certificate of the cluster&apos;s own authority, of which they warn at the first visit.
              </p>
              <p className={formStyle.text}>
                With one, the browsers that ask for one of its names get it, from every node, within two seconds and without a restart.
              </p>
              <p className={formStyle.text}>
                Taps always get the cluster&apos;s own: they trust no other authority from their first contact on, so nothing here can cut
                them off.
              </p>
            </div>
          </Panel>
        }
      />
    </>
  );
}

function Uploaded({ rows, mayChange }: { rows: readonly Certificate[]; mayChange: boolean }) {
  const queries = useQueryClient();
  const now = useNow();
  const drop = useMutation({ mutationFn: removeCertificate, onSettled: () => queries.invalidateQueries({ queryKey: ["certificates"] }) });
  return (
    <>
      <SimpleTable
        label="Uploaded certificates"
        stack
        rows={rows}
        rowKey={(c) => c.id}
        none="None is uploaded. Browsers get the cluster's own, and warn of it."
        columns={[
          {
            header: "Good for",
            wrap: true,
            cell: (c) => (
              <>
                <div className={textStyle.strong}>
                  <Stranger text={c.names.join(", ")} max={256} />
                </div>
                <div className={`${textStyle.dim} ${textStyle.small}`}>
                  issued by <Stranger text={c.issuer} max={128} />, SHA-256 <span title={c.fingerprint}>{c.fingerprint.slice(0, 16)}…</span>
                </div>
              </>
            ),
          },
          { header: "State", cell: (c) => <WordBadge word={validity(c, now)} /> },
          { header: "Ends", cell: (c) => <When at={c.notAfter} /> },
          {
            header: "Added",
            wrap: true,
            cell: (c) => (
              <>
                <When at={c.addedAt} />
                <span className={textStyle.dim}>
                  {" "}
                  by <Stranger text={c.addedBy} max={32} />
                </span>
              </>
            ),
          },
          ...(mayChange
            ? [
                {
                  header: "",
                  right: true,
                  cell: (c: Certificate) => (
                    <Sure word="Remove" label={`Remove the certificate for ${c.names.join(", ")}`} ask="Serve it no more?" act={() => drop.mutate(c.id)} />
                  ),
                },
              ]
            : []),
        ]}
      />
      {drop.error && (
        <Part>
          <Wrong error={drop.error} />
        </Part>
      )}
    </>
  );
}
