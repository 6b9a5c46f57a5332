import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { providersOfQuery, removeProvider, type Provider, type ProviderScope } from "../../api/providers";
import { WordBadge, type Word } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Sure, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle } from "../../components/text";
import { plural } from "../../format/number";
import { useMay } from "../../session/may";
import { ProviderForm } from "./ProviderForm";

const on: Word = { tone: "ok", mark: "ok", word: "In use" };
const off: Word = { tone: "none", mark: "none", word: "Switched off" };

/** Providers of OpenID Connect that sign people in: for an organisation, or for the installation. */
export function ProvidersPanel({ scope, of }: { scope: ProviderScope; of: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:settings", scope);
  const providers = useQuery(providersOfQuery(scope));
  const [open, setOpen] = useState<Provider | "new" | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ["providers"] });
  const drop = useMutation({ mutationFn: (id: string) => removeProvider(scope, id), onSettled: again });
  return (
    <Panel
      title={`Providers for ${of}`}
      note="OpenID Connect: a button on the sign-in page"
      actions={
        mayChange &&
        open === null && (
          <Button small look="ghost" onClick={() => setOpen("new")}>
            Add a provider…
          </Button>
        )
      }
    >
      <Loaded query={providers} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label={`Providers for ${of}`}
            stack
            rows={list.items}
            rowKey={(p) => p.id}
            none="There is none: people sign in with a password of their own here."
            columns={[
              {
                header: "Provider",
                cell: (p) => (
                  <span className={textStyle.strong}>
                    <Stranger text={p.name} max={64} />
                  </span>
                ),
              },
              { header: "State", cell: (p) => <WordBadge word={p.enabled ? on : off} /> },
              { header: "Issuer", wrap: true, cell: (p) => <Stranger text={p.issuer} max={128} /> },
              { header: "Lets in", cell: (p) => (p.groups.length === 0 ? "nobody yet" : plural(p.groups.length, "group")) },
              { header: "Second factor", cell: (p) => (p.showsSecondFactor ? "shown there" : "shown here") },
              ...(mayChange
                ? [
                    {
                      header: "",
                      right: true,
                      cell: (p: Provider) => (
                        <>
                          <Button small look="ghost" aria-label={`Change ${p.name}`} onClick={() => setOpen(p)}>
                            Change
                          </Button>
                          <Sure word="Remove" label={`Remove ${p.name}`} ask="Nobody signs in by it any more?" act={() => drop.mutate(p.id)} />
                        </>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
      {open !== null && (
        <Part>
          <ProviderForm
            key={open === "new" ? "new" : open.id}
            scope={scope}
            given={open === "new" ? undefined : open}
            done={() => {
              setOpen(null);
              void again();
            }}
            cancel={() => setOpen(null)}
          />
        </Part>
      )}
      {drop.error && (
        <Part>
          <Wrong error={drop.error} />
        </Part>
      )}
    </Panel>
  );
}
