import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ChangeEvent } from "react";
import { checkCertificate, uploadCertificate, type CertificateCheck } from "../../api/certificates";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { AreaField, Done, formStyle, LineForm, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { Sentence, Stranger, When } from "../../components/text";

/** Longest PEM that is read from a file, in characters; the node's own limit of a request is smaller. */
const LONGEST = 65_536;

/** Checks a certificate with its key, and then keeps both. */
export function UploadPanel({ canUpload }: { canUpload: boolean }) {
  const queries = useQueryClient();
  const [chain, setChain] = useState("");
  const [key, setKey] = useState("");
  const check = useMutation({ mutationFn: () => checkCertificate({ chain, key }) });
  const upload = useMutation({
    mutationFn: () => uploadCertificate({ chain, key }),
    onSuccess: () => {
      setChain("");
      setKey("");
      check.reset();
      return queries.invalidateQueries({ queryKey: ["certificates"] });
    },
  });
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text);
    check.reset();
    upload.reset();
  };
  return (
    <Panel title="Upload a certificate" note="first it is checked; nothing is kept until you say so">
      {!canUpload && (
        <Part>
          <p className={formStyle.text}>
            The nodes have no key to seal private keys with, so a certificate can be checked but not kept. Make one with{" "}
            <code>nodectl new-secret-key</code>, and start every node with <code>-secret-keys FILE</code>.
          </p>
        </Part>
      )}
      <Part>
        <LineForm label="Check a certificate" lines submit={() => check.mutate()} word={check.isPending ? "Checking…" : "Check it"} busy={check.isPending} error={check.error}>
          <PEMField label="Certificate, followed by those of its issuers" what="certificate" begins="CERTIFICATE" value={chain} set={edit(setChain)} />
          <PEMField label="Private key, without a password" what="key" begins="PRIVATE KEY" value={key} set={edit(setKey)} />
        </LineForm>
      </Part>
      {check.data && (
        <Part>
          <Found check={check.data} />
          {canUpload && (
            <div>
              <Button look="primary" aria-busy={upload.isPending} onClick={() => upload.mutate()}>
                {upload.isPending ? "Keeping…" : `Serve it for ${check.data.names[0] ?? "its names"}`}
              </Button>
            </div>
          )}
          <Wrong error={upload.error} />
        </Part>
      )}
      {upload.data && (
        <Part>
          <Done>
            Kept. All nodes serve it for <Stranger text={upload.data.names.join(", ")} max={256} /> within two seconds; who has the console open
            sees it at the next visit.
          </Done>
        </Part>
      )}
    </Panel>
  );
}

/** Text of a PEM file, from the file or pasted. It stays in the browser until it is sent. */
function PEMField({ label, what, begins, value, set }: { label: string; what: string; begins: string; value: string; set: (text: string) => void }) {
  const [error, setError] = useState<Error | null>(null);
  const pick = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) return;
    if (file.size > LONGEST) {
      setError(new Error("This file is too long for a PEM file."));
      return;
    }
    setError(null);
    set(await file.text());
  };
  return (
    <div>
      <AreaField label={label} value={value} set={set} max={LONGEST} placeholder={`-----BEGIN ${begins}-----`} />
      <label className={formStyle.file}>
        or from a file
        <input type="file" accept=".pem,.crt,.cer,.key,.txt" aria-label={`File with the ${what}`} onChange={(e) => void pick(e)} />
      </label>
      <Wrong error={error} />
    </div>
  );
}

function Found({ check }: { check: CertificateCheck }) {
  return (
    <div className={formStyle.stack} role="status">
      <p className={formStyle.text}>
        It is good for <b><Stranger text={check.names.join(", ")} max={256} /></b>, issued by <Stranger text={check.issuer} max={128} />, from{" "}
        <When at={check.notBefore} /> until <When at={check.notAfter} />.
      </p>
      <div>
        <Trust trusted={check.trusted} />
      </div>
      {check.trusted !== null && (
        <p className={formStyle.text}>
          With an authority of your own this is as it should be; else a certificate between is missing. The node says: <Sentence text={check.trusted} />.
        </p>
      )}
      {check.uncovered.length > 0 && (
        <p className={formStyle.text}>
          It lacks <b>{check.uncovered.join(", ")}</b>, under which browsers reach the nodes too: the cluster&apos;s own is served there.
        </p>
      )}
    </div>
  );
}

/** Whether browsers that trust what the node trusts will take it. */
function Trust({ trusted }: { trusted: string | null }) {
  return trusted === null ? (
    <Badge tone="ok" mark="ok">
      The node&apos;s own list of authorities leads to it
    </Badge>
  ) : (
    <Badge tone="info" mark="info">
      An authority that the node does not know
    </Badge>
  );
}
