import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changePolicy, policyQuery } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { CheckField, formStyle, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { BoneBlock, Loaded } from "../../components/state";
import { Stranger } from "../../components/text";
import { useMay } from "../../session/may";
import { useTenant } from "../../url/useView";
import { ProvidersPanel } from "./ProvidersPanel";

/** How people get in: whether a second factor is asked for, and who signs them in beside the console. */
export function SignInPage() {
  const tenant = useTenant();
  const may = useMay();
  const organisations = useQuery(sessionQuery).data?.organisations ?? [];
  return (
    <>
      <PageHeader title="How people sign in" tab="Sign-in" />
      <Stack>
        <Policy tenant={tenant} />
        {organisations
          .filter((o) => may("read:settings", { organisation: o.id }))
          .map((o) => (
            <ProvidersPanel key={o.id} scope={{ organisation: o.id }} of={o.name} />
          ))}
        {may("read:settings", "installation") && <ProvidersPanel scope="installation" of="the installation" />}
      </Stack>
    </>
  );
}

function Policy({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:settings");
  const policy = useQuery(policyQuery(tenant));
  const change = useMutation({
    mutationFn: (body: { name: string; requireSecondFactor: boolean }) => changePolicy(tenant, body),
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <Panel title="Second factor" note="for whoever uses this tenant" pad>
      <Loaded query={policy} bones={<BoneBlock height={40} />}>
        {(p) => (
          <div className={formStyle.stack}>
            <CheckField
              value={p.requireSecondFactor}
              disabled={!mayChange || change.isPending}
              set={(requireSecondFactor) => change.mutate({ name: p.name, requireSecondFactor })}
              label={
                <>
                  <Stranger text={p.name} max={64} /> opens only to who has shown a second factor
                </>
              }
            />
            <p className={formStyle.text}>
              It holds from the next request on: who has none is led to My account first{p.requireSecondFactor ? "" : ", you too"}.
            </p>
          </div>
        )}
      </Loaded>
      <Wrong error={change.error} />
    </Panel>
  );
}
