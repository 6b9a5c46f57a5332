import { useInfiniteQuery } from "@tanstack/react-query";
import { eventsQuery } from "../../api/taps";
import type { TapEvent } from "../../api/types";
import { Button } from "../../components/Button";
import { TapLink } from "../../components/links";
import { Mark } from "../../components/Mark";
import { Panel } from "../../components/Panel";
import { BoneBlock, Loaded } from "../../components/state";
import { Sentence, Stranger, textStyle, When } from "../../components/text";
import { useScope, useSetView, useView } from "../../url/useView";
import { eventChoice, eventChoices, eventWords } from "./events";
import css from "./events.module.css";

/** What happened to a tap, or to all taps, in the time range: newest first. */
export function EventsPanel({ id }: { id: string | null }) {
  const choice = eventChoice(useView().q);
  const query = useInfiniteQuery(eventsQuery(useScope(), id, choice.kinds));
  return (
    <Panel title="What happened" actions={<Choices chosen={choice.id} />}>
      <Loaded query={query} bones={<BoneBlock height={160} />}>
        {(data) => {
          const events = data.pages.flatMap((page) => page.items);
          return events.length === 0 ? (
            <p className={css["none"]}>{nothing(choice.id, id === null)}</p>
          ) : (
            <>
              <ol className={`${css["list"] ?? ""} ${id === null ? (css["tall"] ?? "") : ""}`} tabIndex={0} aria-label="Events, newest first">
                {events.map((event, i) => (
                  <Event key={`${event.at.toISOString()} ${event.kind} ${event.subject} ${String(i)}`} event={event} named={id === null} />
                ))}
              </ol>
              {query.hasNextPage && (
                <div className={css["more"]}>
                  <Button small disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {query.isFetchingNextPage ? "Reading…" : "Show older"}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function nothing(choice: string, all: boolean): string {
  const of = all ? "any tap" : "this tap";
  if (choice !== "") return `Nothing of this kind happened to ${of} in this time range, as far as it is told.`;
  return `Nothing happened to ${of} in this time range, as far as it is told. Adapters that come, go or fail appear here, and changes of the rules and settings.`;
}

function Choices({ chosen }: { chosen: string }) {
  const setView = useSetView();
  return (
    <span className={css["choices"]} role="group" aria-label="Which events">
      {eventChoices.map((c) => (
        <Button
          key={c.id}
          look="ghost"
          small
          aria-pressed={c.id === chosen}
          className={c.id === chosen ? (css["chosen"] ?? "") : ""}
          onClick={() => setView({ q: c.id === "" ? undefined : c.id }, true)}
        >
          {c.label}
        </Button>
      ))}
    </span>
  );
}

function Event({ event, named }: { event: TapEvent; named: boolean }) {
  const { word, mark } = eventWords[event.kind];
  return (
    <li>
      <Mark kind={mark} />
      <div className={css["what"]}>
        <div>
          <span className={textStyle.strong}>{word}</span>
          {event.subject !== "" && (
            <>
              {": "}
              <Stranger text={event.subject} max={48} />
            </>
          )}
          {named && (
            <>
              {" at "}
              <TapLink id={event.tap.id}>
                <Stranger text={event.tap.name} max={64} />
              </TapLink>
            </>
          )}
        </div>
        {event.text !== "" && (
          <div className={`${textStyle.soft} ${textStyle.small}`}>
            <Sentence text={event.text} />
          </div>
        )}
      </div>
      <span className={css["time"]}>
        <When at={event.at} />
      </span>
    </li>
  );
}
