import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { adoptBox, findBox } from "../../api/boxes";
import type { PendingBox, Site } from "../../api/types";
import { CheckField, Done, LineForm, TextField } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { Stranger, When, textStyle } from "../../components/text";
import { SiteField } from "./SiteField";

interface Props {
  tenant: string;
  sites: readonly Site[];
}

/** Adopts a box that was set up without a token, by the code that it shows. */
export function AdoptPanel({ tenant, sites }: Props) {
  const [code, setCode] = useState("");
  const find = useMutation({ mutationFn: () => findBox(tenant, code) });
  return (
    <Panel title="Adopt a box by its code" note="nobody sees a box without a token before its whole code is typed">
      <Part>
        <LineForm label="Find a box" submit={() => find.mutate()} word={find.isPending ? "Looking…" : "Find the box"} busy={find.isPending} error={find.error}>
          <TextField
            label="Claim code that the box shows"
            value={code}
            set={(text) => {
              setCode(text.toUpperCase());
              find.reset();
            }}
            placeholder="XXXX-XXXX-XXXX"
            min={12}
            max={20}
            mono
          />
        </LineForm>
      </Part>
      {find.data && (
        <Part>
          <Found key={find.data.code} box={find.data} tenant={tenant} sites={sites} />
        </Part>
      )}
    </Panel>
  );
}

/** The box that was found, and what it is to be. */
function Found({ box, tenant, sites }: Props & { box: PendingBox }) {
  const queries = useQueryClient();
  const [name, setName] = useState(box.was?.name ?? box.name);
  const [site, setSite] = useState(box.was?.site ?? box.site?.slug ?? sites[0]?.slug ?? "");
  const [again, setAgain] = useState(false);
  const adopt = useMutation({
    mutationFn: () => adoptBox(tenant, { code: box.code, site, name, ...(again && box.was ? { replaces: box.was.id } : {}) }),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (adopt.data) return <Adopted tenant={tenant} name={name} tap={adopt.data.tapId} />;
  return (
    <>
      <p className={textStyle.soft}>
        <b className={textStyle.mono}>{box.code}</b> is shown by <Stranger text={box.name} max={64} />
        {box.mac !== null && ` (${box.mac})`}, version {box.version}, {box.arch}
        {box.address !== "" && `, from ${box.address}`}; it asked last <When at={box.lastHeardAt} form="ago" />. Let it in only if the code on the
        box is the same.
      </p>
      <LineForm
        label="Adopt this box"
        submit={() => adopt.mutate()}
        word={adopt.isPending ? "Adopting…" : `Adopt ${name === "" ? "it" : name}`}
        busy={adopt.isPending}
        error={adopt.error}
      >
        <TextField label="Name" value={name} set={setName} max={64} />
        <SiteField sites={sites} value={site} set={setSite} />
        {box.was && (
          <CheckField
            value={again}
            set={setAgain}
            label={
              <>
                It was <Stranger text={box.was.name} max={64} />: keep what that tap heard. Its old key ends.
              </>
            }
          />
        )}
      </LineForm>
    </>
  );
}

/** What follows when a box was let in. */
export function Adopted({ tenant, name, tap }: { tenant: string; name: string; tap: string }) {
  return (
    <Done>
      <Stranger text={name} max={64} /> is adopted. The box learns of it within some seconds:{" "}
      <Link to="/$tenant/tap/$id" params={{ tenant, id: tap }} className={textStyle.action}>
        open the tap
      </Link>
      .
    </Done>
  );
}
