import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { errorSentence } from "../../../api/errors";
import { lockChannel } from "../../../api/settings";
import type { TapDetail } from "../../../api/types";
import { Button } from "../../../components/Button";
import { parseMAC } from "../../../format/address";
import { useTenant } from "../../../url/useView";
import { allChannels, type Channel } from "./channels";
import { Select } from "./Field";
import css from "./settings.module.css";

const lengths = [5, 15, 30, 60, 240, 720, 1440];

const lengthWord = (minutes: number): string =>
  minutes < 60 ? `${String(minutes)} minutes` : minutes === 60 ? "1 hour" : `${String(minutes / 60)} hours`;

/** What a choice of channels needs to know of a tap. */
interface Radios {
  adapters: readonly { name: string; bands: readonly { band: string; channels: readonly number[] }[] }[];
}

/** Channels that an adapter of the tap may listen to, or all where no adapter tells. */
export function choices(tap: Radios, adapter: string): Channel[] {
  const of = tap.adapters.filter((a) => adapter === "" || a.name === adapter);
  const may = allChannels.filter((c) => of.some((a) => a.bands.some((b) => b.band === c.band && b.channels.includes(c.number))));
  return may.length > 0 ? may : [...allChannels];
}

/** Keeps the tap on a channel for a time. */
export function LockForm({ tap, done }: { tap: TapDetail; done: () => void }) {
  const id = useId();
  const tenant = useTenant();
  const queries = useQueryClient();
  const [adapter, setAdapter] = useState("");
  const [mhz, setMHz] = useState<number | null>(null);
  const [bssid, setBSSID] = useState("");
  const [minutes, setMinutes] = useState(30);
  const channels = choices(tap, adapter);
  const chosen = channels.find((c) => c.mhz === mhz) ?? channels[0];
  const address = parseMAC(bssid);
  const unfit = bssid.trim() !== "" && address === null;
  const lock = useMutation({
    mutationFn: () =>
      lockChannel(tenant, tap.id, {
        frequencyMHz: chosen?.mhz ?? 0,
        minutes,
        ...(address === null ? {} : { bssid: address }),
        ...(adapter === "" ? {} : { adapter }),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["taps"] });
      done();
    },
  });
  return (
    <form
      className={css["form"]}
      aria-label="Lock a channel"
      onSubmit={(event) => {
        event.preventDefault();
        if (!unfit && chosen && !lock.isPending) lock.mutate(); // not disabled meanwhile: the focus would be lost
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") done();
      }}
    >
      <p className={css["text"]}>One adapter stays there and hears nothing else meanwhile; the others share the other channels.</p>
      <div className={css["fields"]}>
        <Select label="Channel" value={String(chosen?.mhz ?? "")} onChange={(value) => setMHz(Number(value))} autoFocus>
          {(["2.4 GHz", "5 GHz", "6 GHz"] as const).map((band) => (
            <Options key={band} band={band} channels={channels} />
          ))}
        </Select>
        <Select label="For how long" value={String(minutes)} onChange={(value) => setMinutes(Number(value))}>
          {lengths.map((m) => (
            <option key={m} value={m}>
              {lengthWord(m)}
            </option>
          ))}
        </Select>
        <Select label="Adapter" value={adapter} onChange={setAdapter}>
          <option value="">The tap chooses</option>
          {tap.adapters.map((a) => (
            <option key={a.name} value={a.name}>
              {a.name}
            </option>
          ))}
        </Select>
        <div className={css["field"]}>
          <label htmlFor={id}>For the sake of a BSSID</label>
          <input
            id={id}
            value={bssid}
            onChange={(e) => setBSSID(e.target.value)}
            placeholder="optional"
            aria-invalid={unfit}
            autoComplete="off"
            spellCheck={false}
          />
          {unfit && <span className={css["wrong"]}>Six octets, as in 00:00:5e:00:53:01.</span>}
        </div>
      </div>
      {lock.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(lock.error)}
        </p>
      )}
      <div className={css["buttons"]}>
        <Button type="submit" look="primary" aria-busy={lock.isPending}>
          {lock.isPending ? "Locking…" : `Lock for ${lengthWord(minutes)}`}
        </Button>
        <Button onClick={done}>Cancel</Button>
      </div>
    </form>
  );
}

function Options({ band, channels }: { band: Channel["band"]; channels: readonly Channel[] }) {
  const of = channels.filter((c) => c.band === band);
  if (of.length === 0) return null;
  return (
    <optgroup label={band}>
      {of.map((c) => (
        <option key={c.mhz} value={c.mhz}>
          {c.number} · {c.mhz} MHz
        </option>
      ))}
    </optgroup>
  );
}
