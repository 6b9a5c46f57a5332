import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorSentence } from "../../../api/errors";
import { putSiteSettings, putTapSettings, siteSettingsQuery } from "../../../api/settings";
import type { TapDetail, TapSettings } from "../../../api/types";
import { Button } from "../../../components/Button";
import { formatDuration } from "../../../format/time";
import { useScope } from "../../../url/useView";
import { ChoiceField } from "./ChoiceField";
import { draftOf, settingsOf, windows, type Draft } from "./draft";
import { NumberInput, Select } from "./Field";
import { settingWords } from "./rows";
import css from "./settings.module.css";

type Target = "tap" | "site";

/** Changes what is set for the tap, or for all taps of its site. */
export function SettingsForm({ tap, settings, done }: { tap: TapDetail; settings: TapSettings; done: () => void }) {
  const [target, setTarget] = useState<Target>("tap");
  return (
    <div className={css["form"]}>
      <fieldset className={css["targets"]}>
        <legend>For whom</legend>
        {(["tap", "site"] as const).map((t) => (
          <label key={t}>
            <input
              type="radio"
              name="target"
              checked={target === t}
              onChange={() => setTarget(t)}
              autoFocus={t === "tap" && target === "tap"}
            />
            {t === "tap" ? "This tap" : `All taps of ${settings.site.name}, unless they say otherwise`}
          </label>
        ))}
      </fieldset>
      <Fields key={target} target={target} tap={tap} settings={settings} done={done} />
    </div>
  );
}

interface FieldsProps {
  target: Target;
  tap: TapDetail;
  settings: TapSettings;
  done: () => void;
}

function Fields({ target, tap, settings, done }: FieldsProps) {
  const scope = useScope();
  const queries = useQueryClient();
  const ofSite = target === "site";
  const taps = useQuery({ ...siteSettingsQuery(scope, settings.site.slug), enabled: ofSite }).data?.taps;
  const [draft, setDraft] = useState<Draft>(() => draftOf(ofSite ? settings.ofSite : settings.ofTap));
  const [tried, setTried] = useState(false);
  const { settings: said, wrong } = settingsOf(draft);
  const shown = tried ? wrong : {};
  const set = (change: Partial<Draft>): void => setDraft((d) => ({ ...d, ...change }));
  const below = settingWords(settings.ofSite);
  const inherits = (name: keyof typeof below): string =>
    ofSite ? "Each tap decides" : below[name] === "" ? "The tap decides" : `As for the site: ${below[name]}`;
  const save = useMutation({
    mutationFn: () => (ofSite ? putSiteSettings(scope.tenant, settings.site.slug, said) : putTapSettings(scope.tenant, tap.id, said)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["taps"] });
      done();
    },
  });
  return (
    <form
      aria-label="Radio settings"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.keys(wrong).length === 0 && !save.isPending) save.mutate(); // not disabled meanwhile: the focus would be lost
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") done();
      }}
    >
      <div className={css["fields"]}>
        <Select label="Radios" value={draft.use} onChange={(use) => set({ use: use === "yes" || use === "no" ? use : "inherit" })}>
          <option value="inherit">{inherits("use")}</option>
          <option value="yes">Used</option>
          <option value="no">Left alone</option>
        </Select>
        <Select
          label="A report every"
          value={String(draft.windowMS ?? "")}
          onChange={(ms) => set({ windowMS: ms === "" ? null : Number(ms) })}
        >
          <option value="">{inherits("window")}</option>
          {windows.map((ms) => (
            <option key={ms} value={ms}>
              {formatDuration(ms / 1000)}
            </option>
          ))}
        </Select>
        <ChoiceField
          label="Country"
          choice={draft.country}
          onChange={(country) => set({ country })}
          inherit={inherits("country")}
          none="As it finds it"
          these="Country code"
          placeholder="DE"
          wrong={shown.country}
          short
        />
        <ChoiceField
          label="Own channels, heard first"
          choice={draft.own}
          onChange={(own) => set({ own })}
          inherit={inherits("own")}
          none="None"
          wrong={shown.own}
        />
        <ChoiceField
          label="Listen only on"
          choice={draft.only}
          onChange={(only) => set({ only })}
          inherit={inherits("only")}
          none="All channels"
          wrong={shown.only}
        />
        <ChoiceField
          label="Never listen on"
          choice={draft.exclude}
          onChange={(exclude) => set({ exclude })}
          inherit={inherits("exclude")}
          none="None"
          wrong={shown.exclude}
        />
        <Select
          label="Back on each channel"
          value={draft.revisit.set}
          onChange={(v) => set({ revisit: { ...draft.revisit, set: v === "these" ? "these" : "inherit" } })}
          wrong={shown.revisit}
          more={draft.revisit.set === "these" && <Revisit draft={draft} set={set} />}
        >
          <option value="inherit">{inherits("revisit")}</option>
          <option value="these">After at most</option>
        </Select>
        {!ofSite && (
          <Select
            label="Share of the channels"
            value={draft.share.set}
            onChange={(v) => set({ share: { ...draft.share, set: v === "these" ? "these" : "inherit" } })}
            wrong={shown.share}
            more={draft.share.set === "these" && <Share draft={draft} set={set} />}
          >
            <option value="inherit">All of them</option>
            <option value="these">Share</option>
          </Select>
        )}
      </div>
      <p className={css["text"]}>Channels: 6 or 36; 6:37 is channel 37 of 6 GHz; a frequency such as 5180 works as well.</p>
      {save.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(save.error)}
        </p>
      )}
      <div className={css["buttons"]}>
        <Button type="submit" look="primary" aria-busy={save.isPending}>
          {save.isPending ? "Saving…" : ofSite ? `Save for ${all(taps)}` : "Save for this tap"}
        </Button>
        <Button onClick={done}>Cancel</Button>
      </div>
    </form>
  );
}

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

function Revisit({ draft, set }: PartProps) {
  return (
    <NumberInput
      label="Seconds between two visits at most"
      unit="s"
      max={600}
      value={draft.revisit.seconds}
      onChange={(seconds) => set({ revisit: { set: "these", seconds } })}
    />
  );
}

function Share({ draft, set }: PartProps) {
  const share = draft.share;
  return (
    <>
      <NumberInput label="Which share" max={64} value={share.index} onChange={(index) => set({ share: { ...share, index } })} />
      of
      <NumberInput label="Of how many taps" max={64} value={share.of} onChange={(of) => set({ share: { ...share, of } })} />
    </>
  );
}

function all(taps: number | undefined): string {
  if (taps === undefined) return "all taps";
  return taps === 1 ? "the one tap" : `all ${String(taps)} taps`;
}
