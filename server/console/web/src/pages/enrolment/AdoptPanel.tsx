import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { adoptBox, findBox } from "../../api/boxes";
import { errorSentence } from "../../api/errors";
import type { PendingBox, Site } from "../../api/types";
import { Button } from "../../components/Button";
import { Panel } from "../../components/Panel";
import { Stranger, When } from "../../components/text";
import css from "./enrolment.module.css";

interface Props {
  tenant: string;
  sites: readonly Site[];
}

/** Adopts a box that was set up without a token, by the code that it shows. */
export function AdoptPanel({ tenant, sites }: Props) {
  const [code, setCode] = useState("");
  const find = useMutation({ mutationFn: () => findBox(tenant, code) });
  return (
    <Panel title="Waiting for adoption" note="boxes without a token are seen by nobody before their whole code is typed" pad>
      <form
        className={css["claim"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (!find.isPending) find.mutate();
        }}
      >
        <label className={css["field"]}>
          Claim code that the box shows
          <input
            className={css["codefield"]}
            value={code}
            onChange={(e) => {
              setCode(e.target.value.toUpperCase());
              find.reset();
            }}
            placeholder="XXXX-XXXX-XXXX"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={20}
            required
          />
        </label>
        <Button type="submit" look="primary" aria-busy={find.isPending}>
          {find.isPending ? "Looking…" : "Find the box"}
        </Button>
      </form>
      {find.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(find.error)}
        </p>
      )}
      {find.data && <Found key={find.data.code} box={find.data} tenant={tenant} sites={sites} />}
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
  if (adopt.data) {
    return (
      <div className={css["made"]} role="status">
        <p className={css["text"]}>
          Adopted. The box learns of it within some seconds:{" "}
          <Link to="/$tenant/tap/$id" params={{ tenant, id: adopt.data.tapId }}>
            open the tap
          </Link>
          .
        </p>
      </div>
    );
  }
  return (
    <form
      className={css["made"]}
      aria-label="Adopt this box"
      onSubmit={(event) => {
        event.preventDefault();
        if (!adopt.isPending) adopt.mutate();
      }}
    >
      <p className={css["text"]}>
        <b>{box.code}</b> is shown by <Stranger text={box.name} max={64} />
        {box.mac !== null && ` (${box.mac})`}, version {box.version}, {box.arch}
        {box.address !== "" && `, from ${box.address}`}; it asked last <When at={box.lastHeardAt} />.
      </p>
      <div className={css["form"]}>
        <label className={css["field"]}>
          Name
          <input value={name} onChange={(e) => setName(e.target.value)} maxLength={64} required />
        </label>
        <label className={css["field"]}>
          Site
          <select value={site} onChange={(e) => setSite(e.target.value)} required>
            {sites.map((s) => (
              <option key={s.slug} value={s.slug}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" look="primary" aria-busy={adopt.isPending}>
          {adopt.isPending ? "Adopting…" : "Adopt"}
        </Button>
      </div>
      {box.was && (
        <label className={css["check"]}>
          <input type="checkbox" checked={again} onChange={(e) => setAgain(e.target.checked)} />
          <span>
            It was <Stranger text={box.was.name} max={64} />: keep what that tap heard. Its old key ends.
          </span>
        </label>
      )}
      {adopt.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(adopt.error)}
        </p>
      )}
    </form>
  );
}
