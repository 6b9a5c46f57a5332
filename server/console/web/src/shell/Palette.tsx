import { Modal } from "@mantine/core";
import { IconAntenna, IconDevices, IconNetwork, IconWifi, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState, type KeyboardEvent } from "react";
import { bssListQuery } from "../api/bss";
import { clientsQuery } from "../api/clients";
import { hostsQuery } from "../api/hosts";
import { tapsQuery } from "../api/taps";
import { Stranger } from "../components/text";
import { useMay } from "../session/may";
import { useScope } from "../url/useView";
import { find, type Found } from "./find";
import css from "./Palette.module.css";

const kinds: Record<Found["kind"], { word: string; icon: Icon }> = {
  tap: { word: "Tap", icon: IconAntenna },
  bss: { word: "BSS", icon: IconWifi },
  client: { word: "Client", icon: IconDevices },
  host: { word: "Host", icon: IconNetwork },
};

/** Jumps to anything that was heard in the time range, by address, name or SSID. */
export function Palette({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal.Root
      opened={opened}
      onClose={close}
      size={560}
      yOffset={96}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      classNames={{ content: css["content"] ?? "", overlay: css["overlay"] ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label="Find">
        <Modal.Body p={0}>
          <Search close={close} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Search({ close }: { close: () => void }) {
  const scope = useScope();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const may = useMay();
  const bss = useQuery({ ...bssListQuery(scope), enabled: may("read:air") });
  const clients = useQuery({ ...clientsQuery(scope), enabled: may("read:air") });
  const hosts = useQuery({ ...hostsQuery(scope), enabled: may("read:wire") });
  const taps = useQuery({ ...tapsQuery(scope), enabled: may("read:taps") });
  const found = useMemo(
    () =>
      find(text, {
        bss: bss.data?.items ?? [],
        clients: clients.data?.items ?? [],
        hosts: hosts.data?.items ?? [],
        taps: taps.data?.items ?? [],
      }),
    [text, bss.data, clients.data, hosts.data, taps.data],
  );

  const open = (it: Found | undefined): void => {
    if (!it) return;
    const { tenant } = scope;
    if (it.kind === "tap") void navigate({ to: "/$tenant/tap/$id", params: { tenant, id: it.id } });
    if (it.kind === "bss") void navigate({ to: "/$tenant/bss/$bssid", params: { tenant, bssid: it.id } });
    if (it.kind === "client") void navigate({ to: "/$tenant/client/$mac", params: { tenant, mac: it.id } });
    if (it.kind === "host") void navigate({ to: "/$tenant/host/$mac", params: { tenant, mac: it.id } });
    close();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((n) => Math.max(0, Math.min(found.length - 1, n + step)));
    }
    if (event.key === "Enter") open(found[chosen]);
  };
  return (
    <>
      <input
        className={css["input"]}
        role="combobox"
        aria-label="Find a MAC, name, SSID or tap"
        aria-expanded={found.length > 0}
        aria-controls="found"
        aria-activedescendant={found[chosen] ? `found-${String(chosen)}` : undefined}
        placeholder="Find a MAC, name, SSID, tap…"
        data-autofocus
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          setChosen(0);
        }}
        onKeyDown={key}
      />
      {found.length === 0 && text.trim() !== "" && (
        <div className={css["none"]}>Nothing in this time range and site has that name or address.</div>
      )}
      <div className={css["list"]} role="listbox" id="found" aria-label="Found">
        {found.map((it, i) => {
          const { word, icon: KindIcon } = kinds[it.kind];
          return (
            <div
              key={`${it.kind} ${it.id} ${it.name}`}
              id={`found-${String(i)}`}
              role="option"
              aria-selected={i === chosen}
              className={css["item"]}
              onClick={() => open(it)}
              onPointerMove={() => setChosen(i)}
            >
              <KindIcon size={16} stroke={1.75} aria-hidden="true" />
              <span className={css["name"]}>
                <Stranger text={it.name} />
              </span>
              <span className={css["detail"]}>
                <Stranger text={it.detail} />
              </span>
              <span className={css["kind"]}>{word}</span>
            </div>
          );
        })}
      </div>
    </>
  );
}
