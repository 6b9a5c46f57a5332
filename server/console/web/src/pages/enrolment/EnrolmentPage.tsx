import { useQuery } from "@tanstack/react-query";
import { sitesQuery } from "../../api/home";
import type { Site } from "../../api/types";
import { Columns } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { useMay } from "../../session/may";
import { useTenant } from "../../url/useView";
import { AdoptPanel } from "./AdoptPanel";
import css from "./enrolment.module.css";
import { NewToken, Tokens } from "./TokensPanel";
import { WaitingPanel } from "./WaitingPanel";

const none: Site[] = [];

/** Add a tap: let in those that wait, adopt one by its code, or make a token. */
export function EnrolmentPage() {
  const tenant = useTenant();
  const mayChange = useMay()("change:enrolment");
  const sites = useQuery(sitesQuery(tenant)).data?.items ?? none;
  return (
    <>
      <PageHeader title="Add a tap" facts="It enrols with a token, or shows a code that you type here; from then on it has a key of its own" />
      <Columns
        main={
          <>
            <WaitingPanel tenant={tenant} />
            {mayChange && <AdoptPanel tenant={tenant} sites={sites} />}
            {mayChange && <NewToken tenant={tenant} sites={sites} />}
            <Tokens tenant={tenant} />
          </>
        }
        side={
          <Panel title="What a tap is" pad>
            <p className={css["text"]}>
              A program that listens to Wi-Fi in monitor mode and to Ethernet, and sends summaries to this node: never the frames
              themselves.
            </p>
            <p className={css["text"]}>
              The token contains a fingerprint of this cluster&apos;s certificate, so the tap trusts no other node from its first contact
              on.
            </p>
            <p className={css["text"]}>
              A token is for one site and ends by itself. With a token for several, each box waits until somebody lets it in.
            </p>
            <p className={css["text"]}>
              Without a token the box shows a code of twelve letters and digits, which is no secret: in its log, by{" "}
              <code>tapd -show-code</code>, and by <code>picket doctor</code>. It binds the box&apos;s key to this cluster&apos;s.
            </p>
          </Panel>
        }
      />
    </>
  );
}
