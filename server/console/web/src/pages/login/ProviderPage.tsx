import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { errorSentence } from "../../api/errors";
import { signInByProvider } from "../../api/people";
import { buttonClass } from "../../components/Button";
import { Frame, Problem } from "./Frame";
import { safePath } from "./safePath";

/** /login/provider?state=…&code=…: where a provider sends the browser back. */
export function ProviderPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const [given] = useState(() => new URLSearchParams(window.location.search));
  const end = useQuery({
    queryKey: ["end of the sign-in", given.get("state")],
    queryFn: () => signInByProvider({ state: given.get("state") ?? "none", code: given.get("code") ?? "" }),
    retry: false,
    staleTime: Infinity,
  });
  const location = end.data?.location;
  useEffect(() => {
    if (location === undefined) return;
    queries.clear();
    router.history.replace(safePath(location));
  }, [location, queries, router]);
  if (!end.error) return <Frame title="Signing in…">{null}</Frame>;
  return (
    <Frame title="You are not signed in">
      <Problem>{errorSentence(end.error)}</Problem>
      <p style={{ marginTop: 16 }}>
        <a className={buttonClass()} href="/login">
          Back
        </a>
      </p>
    </Frame>
  );
}
